//! The parts of a HAR that are read, with the private fields of the exporters that add facts.

use super::lax::{Flag, HeaderList, List, Number, Raw, Text, lax_object};

lax_object!(
    /// `log.entries[i]`.
    Entry {
        pageref: Text<'a> = "pageref",
        started: Text<'a> = "startedDateTime",
        time: Number = "time",
        request: Request<'a> = "request",
        response: Response<'a> = "response",
        server_ip: Text<'a> = "serverIPAddress",
        connection: Text<'a> = "connection",
        server_port: Number = "_serverPort",
        connection_id: Text<'a> = "_connectionId",
        resource_type: Text<'a> = "_resourceType",
        priority: Text<'a> = "_priority",
        initiator: InitiatorField<'a> = "_initiator",
        initiator_line: Number = "_initiator_line",
        initiator_function: Text<'a> = "_initiator_function_name",
        initiator_type: Text<'a> = "_initiator_type",
        from_cache: Text<'a> = "_fromCache",
        fetch_type: Text<'a> = "_fetchType",
        security_state: Text<'a> = "_securityState",
        frameref: Text<'a> = "_frameref",
        monotonic: Number = "_monotonicTime",
        charles_status: Text<'a> = "_charlesStatus",
        load_ms: Text<'a> = "_load_ms",
        error: Text<'a> = "_error" | "_errorMessage",
    }
);

lax_object!(
    /// `request`.
    Request {
        method: Text<'a> = "method",
        url: Text<'a> = "url",
        version: Text<'a> = "httpVersion",
        headers: HeaderList<'a> = "headers",
        body_size: Number = "bodySize",
    }
);

lax_object!(
    /// `response`.
    Response {
        status: Number = "status",
        status_text: Text<'a> = "statusText",
        version: Text<'a> = "httpVersion",
        headers: HeaderList<'a> = "headers",
        content: Content<'a> = "content",
        body_size: Number = "bodySize",
        redirect_url: Text<'a> = "redirectURL",
        error: Text<'a> = "_error",
        failure: Text<'a> = "_failureText",
        via_service_worker: Flag = "_fetchedViaServiceWorker" | "fromServiceWorker",
        from_disk_cache: Flag = "fromDiskCache",
    }
);

lax_object!(
    /// `response.content`. The text stays as it is until it is known to be wanted.
    Content {
        size: Number = "size",
        text: Raw<'a> = "text",
        encoding: Text<'a> = "encoding",
    }
);

lax_object!(
    /// DevTools' `_initiator`.
    Initiator {
        url: Text<'a> = "url",
        line: Number = "lineNumber",
        stack: Stack<'a> = "stack",
    }
);

lax_object!(
    /// `_initiator.stack`; its parents are left out by the splitter.
    Stack {
        frames: List<CallFrame<'a>> = "callFrames",
    }
);

lax_object!(
    /// One call frame; the line counts from 0.
    CallFrame {
        function: Text<'a> = "functionName",
        url: Text<'a> = "url",
        line: Number = "lineNumber",
    }
);

lax_object!(
    /// `log.pages[i]`.
    Page {
        id: Text<'a> = "id",
        title: Text<'a> = "title",
    }
);

lax_object!(
    /// `log.creator` and `log.browser`.
    Tool {
        name: Text<'a> = "name",
        version: Text<'a> = "version",
    }
);

/// `_initiator`: an object (DevTools), or a URL or an object as text (chrome-har and its kin).
#[derive(Debug, Clone, Default)]
pub(super) struct InitiatorField<'a> {
    pub(super) object: Option<Initiator<'a>>,
    pub(super) text: Text<'a>,
}

impl<'de: 'a, 'a> serde::de::Deserialize<'de> for InitiatorField<'a> {
    fn deserialize<D: serde::de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Raw::deserialize(deserializer)?;
        let json = raw.0.unwrap_or("null");
        if json.starts_with('{') {
            return Ok(Self { object: serde_json::from_str(json).ok(), text: Text::default() });
        }
        Ok(Self { object: None, text: serde_json::from_str(json).unwrap_or_default() })
    }
}
