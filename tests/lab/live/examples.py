"""Small files about single differences: the HAR entries or the connections that one request needs, and why it was kept."""
import json
import os
import re
import struct


def name_of(word, source):
    return re.sub(r"[^a-z0-9]+", "-", f"{source} {word.context} {word.column} {word.kind}".lower()).strip("-")[:110]


def place_of(url):
    """Host and path, as they stand in any sentence about it."""
    return url.split("?")[0].split("#")[0].split("://")[-1].split("@")[-1]


def har(text, entries):
    """The HAR with these entries only, bodies left out."""
    whole = json.loads(text)
    kept = [whole["log"]["entries"][i] for i in entries]
    for entry in kept:
        entry["response"]["content"].pop("text", None)
    whole["log"]["entries"] = kept
    return json.dumps(whole, indent=1)


def frames(data):
    """(start, end, ports) of each packet of a loopback capture."""
    position = 24
    while position + 16 <= len(data):
        size = struct.unpack_from("<I", data, position + 8)[0]
        end = position + 16 + size
        packet, ports = data[position + 16:end], None
        if packet[12:14] == b"\x08\0" and packet[23] == 6:
            ports = frozenset(struct.unpack_from(">HH", packet, 14 + (packet[14] & 15) * 4))
        yield position, end, ports
        position = end


def connections(data, numbers):
    """The packets of the connections that hold these frames (from 1)."""
    all_frames = list(frames(data))
    wanted = {all_frames[n - 1][2] for n in numbers if n and n <= len(all_frames)}
    return data[:24] + b"".join(data[start:end] for start, end, ports in all_frames if ports in wanted)


def keys_of(keys, capture):
    """The lines of a key log whose client random is in the capture."""
    return "".join(line for line in keys.splitlines(True) if len(line.split()) == 3 and bytes.fromhex(line.split()[1]) in capture)


def write(folder, count, word, source, recording, packets):
    """Writes the difference; `packets` is (capture, keys) where the input was packets."""
    stem = os.path.join(folder, f"{name_of(word, source)}-{count}")
    told = word.truth and {k: word.truth.get(k) for k in ("method", "url", "status", "type", "error", "blocked", "cors", "target", "worker", "fromWorker")}
    shown = word.finding and {k: word.finding[k] for k in ("verdict", "nature", "stage", "link", "method", "url", "credentials", "preflight", "actual", "rule", "doubt", "headline")}
    if word.finding and word.finding["cause"]:
        shown["cause"] = {k: word.finding["cause"][k] for k in ("id", "certainty", "text")}
    reason = {"input": source, "context": word.context, "difference": f"{word.column}: {word.kind}", "browser": told, "whycors": shown,
              "console": [line for line in map(str, recording.page.said) if word.truth and place_of(word.truth["url"]) in line][:6],
              "page": recording.page.page, "asked": recording.page.asked.get(word.truth["url"].split("://")[-1]) if word.truth else None}
    with open(stem + ".json", "w", encoding="utf-8") as file:
        json.dump(reason, file, indent=1)
    if packets:
        sides = [(word.finding or {}).get(side) for side in ("preflight", "actual")]
        part = connections(packets[0], [((side or {}).get("place") or {}).get("frame") for side in sides])
        if len(part) > 24:
            with open(stem + ".pcap", "wb") as file:
                file.write(part)
            with open(stem + ".keys", "w", encoding="utf-8") as file:
                file.write(keys_of(packets[1], part))
            return stem + ".pcap"
    with open(stem + ".har", "w", encoding="utf-8") as file:
        file.write(har(recording.files.get(source, recording.files["HAR"]), word.entries))
    return stem + ".har"
