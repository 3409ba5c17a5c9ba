# Drives a provider with Ruby's oauth. Reads one JSON line of settings, prints one JSON line for each step.
require 'json'
require 'oauth'
require 'oauth/signature/plaintext'

settings = JSON.parse($stdin.gets)
$stdout.sync = true

def say(value)
  puts JSON.generate(value)
end

options = {
  site: settings['site'],
  request_token_path: '/oauth/initiate',
  authorize_path: '/oauth/authorize',
  access_token_path: '/oauth/token',
  scheme: settings['transport'].to_sym,
  signature_method: settings['method']
}
options[:private_key] = settings['rsaKey'] if settings['rsaKey']
consumer = OAuth::Consumer.new(settings['key'], settings['secret'], options)

temporary = consumer.get_request_token(oauth_callback: 'oob')
say temporary.authorize_url
token = temporary.get_access_token(oauth_verifier: JSON.parse($stdin.gets))

# No name outside ASCII: this client sorts names before it encodes them, and so signs those in the wrong order.
pairs = [['q', 'Grüße & küsse=1'], %w[tag b], %w[tag a], ['empty', ''], ['japan', '語 + 100%']]
query = pairs.map { |pair| pair.map { |text| OAuth::Helper.escape(text) }.join('=') }.join('&')
responses = []
if settings['transport'] != 'body'
  responses << token.get('/api/me')
  responses << token.get("/api/echo?#{query}")
  responses << token.delete("/api/echo?#{query}")
end
# A hash takes each name once, with a list for a repeated one.
form = { 'q' => 'Grüße & küsse=1', 'tag' => %w[b a], 'empty' => '', 'japan' => '語 + 100%' }
responses << token.post('/api/echo', form)
responses << token.put('/api/echo', form)
responses.each { |response| say({ status: response.code.to_i, body: response.code == '200' ? JSON.parse(response.body) : response.body }) }
