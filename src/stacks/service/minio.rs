//! MinIO.

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Seen;
use Sign::Starts;

pub(super) const STACK: Stack = Stack::service("minio", "MinIO", &[Starts("server", "minio")])
    .checked(Seen("answers of MinIO servers, and the setting in their operators' scripts"))
    .fix(
        "MinIO: the origins of the whole server, then mc admin service restart",
        Language::Shell,
        r#"mc admin config set ALIAS api cors_allow_origin="{origin}""#,
    );
