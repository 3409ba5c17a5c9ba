<?php
// Sends requests that PHP's extension oauth signs. Reads one JSON document.
$input = json_decode(stream_get_contents(STDIN), true);
['key' => $key, 'secret' => $secret, 'token' => $token, 'tokenSecret' => $tokenSecret] = $input['credentials'];
foreach ($input['requests'] as $given) {
    $oauth = new OAuth($key, $secret, OAUTH_SIG_METHOD_HMACSHA1, OAUTH_AUTH_TYPE_AUTHORIZATION);
    $oauth->setToken($token, $tokenSecret);
    $oauth->fetch($given['url'], array_column($given['fields'] ?? [], 1, 0), $given['method']);
}
