//! NestJS.

use crate::stacks::{CorsPackage, Sign, Stack};
use Sign::{Body, Likely};

pub(super) const STACK: Stack =
    Stack::application("nest", "NestJS", &[Likely(&Body("{\"message\":\"cannot options /"))])
        .built_on(&["express"])
        .packaged("NestJS: CORS of the application, in main.ts", &PACKAGE);

const PACKAGE: CorsPackage = CorsPackage {
    name: "NestJS",
    install: ("app.enableCors({ ", " });"),
    there: ("app.enableCors({ ", " });"),
    ..super::express::PACKAGE
};
