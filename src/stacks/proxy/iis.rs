//! IIS.

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Documentation;
use Sign::{Has, Likely, Starts};

pub(super) const STACK: Stack = Stack::proxy(
    "iis",
    "IIS",
    &[Starts("server", "microsoft-iis"), Likely(&Has("x-aspnet-version")), Likely(&Starts("x-powered-by", "asp.net"))],
)
.checked(Documentation("IIS CORS module configuration reference; ASP.NET Web API: IIS handlers and OPTIONS"))
.fix(
    "IIS: the CORS module, which answers before the handlers, in web.config under system.webServer",
    Language::Xml,
    CONFIG,
)
.do_not("leave OPTIONSVerbHandler in place when the application itself is to answer: it answers OPTIONS first");

/// What to paste.
const CONFIG: &str = r#"<cors enabled="true">
  <add origin="{origin}"[[c: allowCredentials="true"]]>
    <allowMethods>{methods<}</allowMethods>
[[h:    <allowHeaders>{headers<}</allowHeaders>
]]  </add>
</cors>"#;
