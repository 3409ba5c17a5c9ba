<?php
// Sends requests that PHP's extension oauth signs. Reads one JSON document.
$input = json_decode(stream_get_contents(STDIN), true);
['key' => $key, 'secret' => $secret, 'token' => $token, 'tokenSecret' => $tokenSecret] = $input['credentials'];
foreach ($input['requests'] as $given) {
    $oauth = new OAuth($key, $secret, OAUTH_SIG_METHOD_HMACSHA1, OAUTH_AUTH_TYPE_AUTHORIZATION);
    $oauth->setToken($token, $tokenSecret);
    $headers = isset($given['content']) ? ['Content-Type' => $given['type']] : [];
    $body = $given['content'] ?? array_column($given['fields'] ?? [], 1, 0);
    try {
        $oauth->fetch($given['url'], $body, $given['method'], $headers);
    } catch (OAuthException) {
        // A refusal, which the server knows of.
    }
}
