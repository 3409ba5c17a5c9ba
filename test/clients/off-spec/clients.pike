// Sends requests that Pike's Web.Auth.OAuth signs. Reads one JSON document.
import Web.Auth.OAuth;

int main()
{
  mapping input = Standards.JSON.decode(Stdio.stdin->read());
  mapping keys = input->credentials;
  Consumer consumer = Consumer(keys->key, keys->secret, "http://client.example.com/");
  Token token = Token(keys->token, keys->tokenSecret);
  foreach (input->requests, mapping given) {
    Params params = Params();
    foreach (given->fields || ({}), array(string) field)
      params += Param(@field);
    Request signed = request(given->url, consumer, token, params, given->method);
    signed->sign_request(Signature.HMAC_SHA1, consumer, token);
    signed->submit();
  }
  return 0;
}
