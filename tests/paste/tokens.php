<?php
// Reads [[n, stack, text], ...] on standard input; prints [[n, why], ...] for those that PHP cannot parse, or
// that hold a string in which variables are expanded, a shell command, or an open or close tag.
$wrong = [];
foreach (json_decode(file_get_contents('php://stdin'), true) as [$n, $stack, $text]) {
    $source = $stack === 'laravel' ? "<?php return [ $text\n];" : "<?php\n$text";
    try {
        foreach (array_slice(token_get_all($source, TOKEN_PARSE), 1) as $token) {
            $name = is_array($token) ? token_name($token[0]) : $token;
            if (in_array($name, ['T_ENCAPSED_AND_WHITESPACE', 'T_INLINE_HTML', 'T_OPEN_TAG', 'T_CLOSE_TAG', 'T_START_HEREDOC', '`', '"'])) {
                $wrong[] = [$n, "php: $name"];
                break;
            }
        }
    } catch (ParseError $error) {
        $wrong[] = [$n, 'php: ' . $error->getMessage()];
    }
}
echo json_encode($wrong, JSON_INVALID_UTF8_SUBSTITUTE);
