//! A pipe that is still being written: a plain thread reads it, so that a quiet pipe can time out.
//!
//! Owns the thread and the bounded channel. The thread ends when the pipe or the receiver does.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

/// How long one batch waits for more.
const PATIENCE: Duration = Duration::from_millis(200);
const CHUNK: usize = 64 << 10;
const CHUNKS: usize = 16;

/// A reader that answers [`io::ErrorKind::TimedOut`] when its batch has waited long enough.
pub(super) struct Live {
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: Vec<u8>,
    at: usize,
    deadline: Instant,
    ended: bool,
}

impl Live {
    /// Starts reading.
    pub(super) fn start(mut source: Box<dyn Read + Send>) -> Self {
        let (sender, chunks) = sync_channel(CHUNKS);
        std::thread::spawn(move || {
            loop {
                let mut chunk = vec![0; CHUNK];
                let message = match source.read(&mut chunk) {
                    Ok(len) => {
                        chunk.truncate(len);
                        Ok(chunk)
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => Err(error),
                };
                let last = message.as_ref().map_or(true, Vec::is_empty);
                if sender.send(message).is_err() || last {
                    return;
                }
            }
        });
        Self { chunks, chunk: Vec::new(), at: 0, deadline: Instant::now(), ended: false }
    }

    /// A new batch begins: it may wait.
    pub(super) fn begin_batch(&mut self) {
        self.deadline = Instant::now() + PATIENCE;
    }
}

impl Read for Live {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.chunk.len() && !self.ended {
            let left = self.deadline.saturating_duration_since(Instant::now());
            self.at = 0;
            self.chunk = match self.chunks.recv_timeout(left) {
                Ok(Ok(chunk)) => chunk,
                Ok(Err(error)) => {
                    self.ended = true;
                    return Err(error);
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.chunk.clear();
                    return Err(io::ErrorKind::TimedOut.into());
                }
                Err(RecvTimeoutError::Disconnected) => Vec::new(),
            };
            self.ended = self.chunk.is_empty();
        }
        let rest = self.chunk.get(self.at..).unwrap_or_default();
        let len = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..len), rest.get(..len)) {
            to.copy_from_slice(from);
        }
        self.at += len;
        Ok(len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    struct Pipe(Receiver<Vec<u8>>);

    impl Read for Pipe {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let Ok(bytes) = self.0.recv() else { return Ok(0) };
            out[..bytes.len()].copy_from_slice(&bytes);
            Ok(bytes.len())
        }
    }

    #[test]
    fn a_quiet_pipe_times_out_and_then_goes_on_until_it_is_closed() {
        let (writer, pipe) = channel();
        let mut live = Live::start(Box::new(Pipe(pipe)));
        writer.send(b"one".to_vec()).unwrap();
        let mut got = Vec::new();
        live.begin_batch();
        let error = live.read_to_end(&mut got).unwrap_err();
        assert_eq!((error.kind(), &got[..]), (io::ErrorKind::TimedOut, &b"one"[..]));
        writer.send(b"two".to_vec()).unwrap();
        drop(writer);
        live.begin_batch();
        live.read_to_end(&mut got).unwrap();
        assert_eq!(got, b"onetwo");
        assert_eq!(live.read(&mut [0; 4]).unwrap(), 0);
    }
}
