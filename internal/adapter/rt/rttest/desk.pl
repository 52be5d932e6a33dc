# Furnishes an empty RT for the tests: two queues, a user for the token, staff, a custom field.
# Prints one JSON line with what the tests need to know.
use strict;
use warnings;
use utf8;
use lib '/usr/share/request-tracker5/lib';
use RT -init;
use JSON ();

my $system = RT->SystemUser;

sub made {
    my ( $id, $message ) = @_;
    die $message unless $id;
    return $id;
}

my ( $queue, $other ) = map { RT::Queue->new($system) } 1, 2;
made( $queue->Create( Name => "Kunden' Updates/Patches", CorrespondAddress => 'updates@helpdesk.example' ) );
made( $other->Create( Name => 'Vertrieb', CorrespondAddress => 'vertrieb@helpdesk.example' ) );

my ( $user, $staff, $nobody ) = map { RT::User->new($system) } 1 .. 3;
made( $user->Create( Name => 'patchwart', EmailAddress => 'patchwart@helpdesk.example', Privileged => 1 ) );
made( $staff->Create( Name => 'anna', EmailAddress => 'anna@helpdesk.example', Privileged => 1 ) );
made( $nobody->Create( Name => 'fremd', EmailAddress => 'fremd@helpdesk.example', Privileged => 1 ) );

# A customer's account: self-service only, and the address that the customer's mails have, too.
my $account = RT::User->new($system);
made( $account->Create( Name => 'ekuhn', EmailAddress => 'eva@kuhn.example', Privileged => 0 ) );

# Far from the server's time zone: no answer may depend on it.
made( $user->SetTimezone('America/New_York') );

my $everyone = RT::Group->new($system);
$everyone->LoadSystemInternalGroup('Everyone');
for my $q ( $queue, $other ) {
    made( $everyone->PrincipalObj->GrantRight( Right => $_, Object => $q ) ) for qw(CreateTicket ReplyToTicket);
    for my $u ( $user, $staff ) {
        made( $u->PrincipalObj->GrantRight( Right => $_, Object => $q ) )
            for qw(SeeQueue ShowTicket ShowTicketComments ReplyToTicket CommentOnTicket ModifyTicket SeeCustomField ModifyCustomField);
    }
}

made( $account->PrincipalObj->GrantRight( Right => $_, Object => $queue ) ) for qw(SeeQueue ShowTicket);

my $field = RT::CustomField->new($system);
made( $field->Create( Name => 'Patchwart-Stand', Type => 'FreeformSingle', LookupType => 'RT::Queue-RT::Ticket' ) );
made( $field->AddToObject($queue) );

my %tokens;
for my $u ( $user, $staff, $nobody, $account ) {
    made( $u->PrincipalObj->GrantRight( Right => 'ManageAuthTokens', Object => RT->System ) );
    my ( $id, $message, $text ) =
        RT::AuthToken->new( RT::CurrentUser->new($u) )->Create( Owner => $u->Id, Description => 'tests' );
    made( $id, $message );
    $tokens{ $u->Name } = $text;
}
print JSON::encode_json( \%tokens ), "\n";
