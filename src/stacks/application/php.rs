//! PHP.

use crate::paste::Language;
use crate::stacks::{Sign, Stack};
use Sign::Starts;

pub(super) const STACK: Stack = Stack::application("php", "PHP", &[Starts("x-powered-by", "php/")]).fix(
    "PHP, before any output",
    Language::Php,
    CONFIG,
);

/// What to paste.
const CONFIG: &str = "header('Vary: Origin', false);
if (in_array($_SERVER['HTTP_ORIGIN'] ?? '', ['{origin}'], true)) {
    header('Access-Control-Allow-Origin: ' . $_SERVER['HTTP_ORIGIN']);
[[c:    header('Access-Control-Allow-Credentials: true');
]]    if ($_SERVER['REQUEST_METHOD'] === 'OPTIONS') {
        header('Access-Control-Allow-Methods: {methods}');
[[h:        header('Access-Control-Allow-Headers: {headers}');
]]        http_response_code(204);
        exit;
    }
}";
