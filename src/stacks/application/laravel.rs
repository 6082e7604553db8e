//! Laravel.

use crate::paste::Language;
use crate::stacks::{Checked, Sign, Stack};
use Checked::Source;
use Sign::Cookie;

pub(super) const STACK: Stack = Stack::application("laravel", "Laravel", &[Cookie("laravel_session")])
    .checked(Source("laravel/framework HandleCors, fruitcake/php-cors CorsService.php"))
    .built_on(&["php"])
    .fix("Laravel: config/cors.php, then php artisan config:clear", Language::Php, CONFIG);

/// What to paste.
const CONFIG: &str = "'paths' => ['{route}'],
'allowed_origins' => ['{origin}'],
'allowed_methods' => [{methods'}],
[[h:'allowed_headers' => [{headers'}],
]][[c:'supports_credentials' => true,]]";
