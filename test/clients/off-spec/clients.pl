# Sends requests that Perl's LWP::Authen::OAuth, Net::OAuth and WWW::OAuth sign. Reads one JSON document.
use strict;
use warnings;
use Crypt::OpenSSL::RSA;
use HTTP::Request;
use JSON::PP qw(decode_json);
use LWP::Authen::OAuth;
use LWP::UserAgent;
use Net::OAuth;
use WWW::OAuth;

$Net::OAuth::PROTOCOL_VERSION = Net::OAuth::PROTOCOL_VERSION_1_0A;
my $input = decode_json(join '', <STDIN>);
my %keys  = %{ $input->{credentials} };

sub request_of {
    my ($given) = @_;
    my @type =
        defined $given->{form}      ? ('Content-Type' => 'application/x-www-form-urlencoded')
        : defined $given->{content} ? ('Content-Type' => $given->{type})
        :                             ();
    # Octets, as the wire has them.
    my $body = $given->{form} // $given->{content} // '';
    utf8::encode($body);
    return HTTP::Request->new($given->{method}, $given->{url}, \@type, $body);
}

my %send = (
    'LWP::Authen::OAuth' => sub {
        my $agent = LWP::Authen::OAuth->new(
            oauth_consumer_key    => $keys{key},
            oauth_consumer_secret => $keys{secret},
            oauth_token           => $keys{token},
            oauth_token_secret    => $keys{tokenSecret},
        );
        $agent->request(request_of(@_));
    },
    'Net::OAuth' => sub {
        my ($given) = @_;
        my %form = map { map { URI::Escape::uri_unescape($_) } split /=/, $_, 2 } split /&/, $given->{form} // '';
        my $signed = Net::OAuth->request('protected resource')->new(
            consumer_key     => $keys{key},
            consumer_secret  => $keys{secret},
            token            => $keys{token},
            token_secret     => $keys{tokenSecret},
            request_url      => $given->{url},
            request_method   => $given->{method},
            signature_method => 'HMAC-SHA1',
            timestamp        => time,
            nonce            => int rand 1e9,
            extra_params     => \%form,
        );
        $signed->sign;
        my $request = request_of($given);
        $request->header(Authorization => $signed->to_authorization_header);
        my $agent = LWP::UserAgent->new;
        $agent->env_proxy;
        $agent->request($request);
    },
    'WWW::OAuth' => sub {
        my ($given) = @_;
        my $rsa = $given->{privateKey};
        my $oauth = WWW::OAuth->new(
            client_id     => $keys{key},
            client_secret => $keys{secret},
            token         => $keys{token},
            token_secret  => $keys{tokenSecret},
            ($rsa ? (signature_method => 'RSA-SHA1', signer => Crypt::OpenSSL::RSA->new_private_key($rsa)) : ()),
        );
        my $request = request_of($given);
        $request->header(Authorization => $oauth->authorization_header($request));
        my $agent = LWP::UserAgent->new;
        $agent->env_proxy;
        $agent->request($request);
    },
);

$send{ $_->{client} }->($_) for @{ $input->{requests} };
