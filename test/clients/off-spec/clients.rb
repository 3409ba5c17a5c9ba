# Sends requests that Ruby's oauth and Signet sign. Reads one JSON document.
require 'base64'
require 'json'

input = JSON.parse($stdin.read)
keys = input['credentials']

def with_oauth(keys, given)
  require 'oauth'
  site = URI(given['url'])
  consumer = OAuth::Consumer.new(keys['key'], keys['secret'], site: "#{site.scheme}://#{site.host}:#{site.port}", scheme: (given['scheme'] || 'header').to_sym)
  token = OAuth::AccessToken.new(consumer, keys['token'], keys['tokenSecret'])
  body = given['form'] || given['content']
  type = given['form'] ? 'application/x-www-form-urlencoded' : given['type']
  token.request(given['method'].downcase.to_sym, site.request_uri, *(body ? [body, { 'Content-Type' => type }] : []))
end

def with_signet(keys, given)
  require 'signet/oauth_1/client'
  client = Signet::OAuth1::Client.new(
    client_credential_key: keys['key'],
    client_credential_secret: keys['secret'],
    token_credential_key: keys['token'],
    token_credential_secret: keys['tokenSecret']
  )
  client.fetch_protected_resource(
    method: given['method'],
    uri: given['url'],
    headers: given['form'] ? { 'Content-Type' => 'application/x-www-form-urlencoded' } : {},
    body: given['form'] || '',
    signature_method: given['signatureMethod'] || 'HMAC-SHA1'
  )
end

input['requests'].each do |given|
  given['client'] == 'oauth' ? with_oauth(keys, given) : with_signet(keys, given)
end
