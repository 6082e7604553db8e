//! ASP.NET Core.

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Source;
use Sign::{Likely, Starts};

pub(super) const STACK: Stack =
    Stack::application("aspnet-core", "ASP.NET Core", &[Likely(&Starts("server", "kestrel"))])
        .checked(Source("dotnet/aspnetcore KestrelServer, CorsMiddleware.cs"))
        .fix("ASP.NET Core: after UseRouting, before UseAuthentication", Language::CSharp, CONFIG)
        .do_not("end the origin with a slash: such an origin never matches");

/// What to paste.
const CONFIG: &str = r#"app.UseCors(policy => policy.WithOrigins("{origin}").WithMethods({methods"})[[h:.WithHeaders({headers"})]][[c:.AllowCredentials()]]);"#;
