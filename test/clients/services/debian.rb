# Drives the gem oauth as the guide of MAAS does. Reads one JSON line of settings, and prints one JSON line for each step.
require 'json'
require 'oauth'
require 'oauth/signature/plaintext'

settings = JSON.parse($stdin.gets)
consumer = OAuth::Consumer.new(
  settings['key'], '',
  site: "https://127.0.0.1:#{settings['ports']['https']}/MAAS/api/2.0",
  scheme: :header, signature_method: 'PLAINTEXT', ca_file: ENV['SSL_CERT_FILE']
)
token = OAuth::AccessToken.new(consumer, settings['token'], settings['tokenSecret'])
responses = [
  token.request(:get, '/machines/?op=list_allocated'),
  token.request(:post, '/machines/', 'op' => 'allocate', 'zone' => 'a b')
]
responses.each { |response| abort "#{response.code} #{response.body}" unless response.code == '200' }
puts JSON.generate({ version: OAuth::VERSION })
