package cli

import (
	"time"

	"github.com/alecthomas/kong"
)

// grammar is the whole command line. The words of the help are in helpWords, by command and flag.
type grammar struct {
	Help      helpFlag `short:"h" help:"flag_help"`
	Lang      string   `enum:"de,en," default:"" placeholder:"de|en" help:"flag_lang"`
	JSON      bool     `name:"json" help:"flag_json"`
	Server    string   `default:"http://127.0.0.1:7480" env:"PATCHWART_SERVER" placeholder:"URL" help:"flag_server"`
	TokenFile string   `env:"PATCHWART_TOKEN_FILE" placeholder:"${word_file}" help:"flag_token"`

	Serve    serveCmd    `cmd:"" help:"cmd_serve"`
	Apply    applyCmd    `cmd:"" help:"cmd_apply"`
	Systems  systemsCmd  `cmd:"" help:"cmd_systems"`
	System   systemCmd   `cmd:"" help:"cmd_system"`
	Explain  explainCmd  `cmd:"" help:"cmd_explain"`
	Due      dueCmd      `cmd:"" help:"cmd_due"`
	Order    orderCmd    `cmd:"" help:"cmd_order"`
	Orders   ordersCmd   `cmd:"" help:"cmd_orders"`
	Withdraw withdrawCmd `cmd:"" help:"cmd_withdraw"`
	Queue    queueCmd    `cmd:"" help:"cmd_queue"`
	Price    priceCmd    `cmd:"" help:"cmd_price"`
	Consent  consentCmd  `cmd:"" help:"cmd_consent"`
	Settle   settleCmd   `cmd:"" help:"cmd_settle"`

	Appointment struct {
		List    appointmentListCmd    `cmd:"" help:"cmd_appointment_list"`
		Propose appointmentProposeCmd `cmd:"" help:"cmd_appointment_propose"`
		Accept  appointmentAcceptCmd  `cmd:"" help:"cmd_appointment_accept"`
		Decline appointmentDeclineCmd `cmd:"" help:"cmd_appointment_decline"`
	} `cmd:"" help:"cmd_appointment"`
	Plan planCmd `cmd:"" help:"cmd_plan"`
	Runs runsCmd `cmd:"" help:"cmd_runs"`

	Countersign    countersignCmd    `cmd:"" help:"cmd_countersign"`
	CountersignKey countersignKeyCmd `cmd:"" help:"cmd_countersign_key"`

	Run struct {
		Show runShowCmd `cmd:"" help:"cmd_run_show"`
	} `cmd:"" help:"cmd_run"`
	Enrol  enrolCmd `cmd:"" help:"cmd_enrol"`
	Record struct {
		Verify recordVerifyCmd `cmd:"" help:"cmd_record_verify"`
	} `cmd:"" help:"cmd_record"`
	Policy struct {
		Decide   policyDecideCmd   `cmd:"" help:"cmd_policy_decide"`
		Lint     policyLintCmd     `cmd:"" help:"cmd_policy_lint"`
		List     policyListCmd     `cmd:"" help:"cmd_policy_list"`
		Show     policyShowCmd     `cmd:"" help:"cmd_policy_show"`
		Matrix   policyMatrixCmd   `cmd:"" help:"cmd_policy_matrix"`
		Diff     policyDiffCmd     `cmd:"" help:"cmd_policy_diff"`
		Promises policyPromisesCmd `cmd:"" help:"cmd_policy_promises"`
		Publish  policyPublishCmd  `cmd:"" help:"cmd_policy_publish"`
		Valid    policyValidCmd    `cmd:"" help:"cmd_policy_valid"`
		Simulate policySimulateCmd `cmd:"" help:"cmd_policy_simulate"`
		Schema   policySchemaCmd   `cmd:"" help:"cmd_policy_schema"`
	} `cmd:"" help:"cmd_policy"`
	Clock    clockCmd    `cmd:"" help:"cmd_clock"`
	Holes    holesCmd    `cmd:"" help:"cmd_holes"`
	Exposure exposureCmd `cmd:"" help:"cmd_exposure"`
	Export   exportCmd   `cmd:"" help:"cmd_export"`
	Advisory struct {
		Show advisoryShowCmd `cmd:"" help:"cmd_advisory_show"`
		Rate advisoryRateCmd `cmd:"" help:"cmd_advisory_rate"`
	} `cmd:"" help:"cmd_advisory"`
	Exception struct {
		List    exceptionListCmd    `cmd:"" help:"cmd_exception_list"`
		Add     exceptionAddCmd     `cmd:"" help:"cmd_exception_add"`
		Approve exceptionApproveCmd `cmd:"" help:"cmd_exception_approve"`
		Revoke  exceptionRevokeCmd  `cmd:"" help:"cmd_exception_revoke"`
	} `cmd:"" help:"cmd_exception"`
	Calendar struct {
		Show      calendarCmd           `cmd:"" default:"withargs" help:"cmd_calendar_show"`
		Subscribe subscribeCmd          `cmd:"" help:"cmd_calendar_subscribe"`
		List      subscriptionListCmd   `cmd:"" help:"cmd_calendar_list"`
		Revoke    subscriptionRevokeCmd `cmd:"" help:"cmd_calendar_revoke"`
	} `cmd:"" help:"cmd_calendar"`
	Message struct {
		List   messageListCmd   `cmd:"" help:"cmd_message_list"`
		Settle messageSettleCmd `cmd:"" help:"cmd_message_settle"`
	} `cmd:"" help:"cmd_message"`
	Root struct {
		Show   rootShowCmd   `cmd:"" help:"cmd_root_show"`
		Accept rootAcceptCmd `cmd:"" help:"cmd_root_accept"`
	} `cmd:"" help:"cmd_root"`
	Letters  lettersCmd `cmd:"" help:"cmd_letters"`
	Webhooks struct {
		List webhooksListCmd `cmd:"" help:"cmd_webhooks_list"`
		Log  webhooksLogCmd  `cmd:"" help:"cmd_webhooks_log"`
	} `cmd:"" help:"cmd_webhooks"`
	Helpdesk helpdeskCmd `cmd:"" help:"cmd_helpdesk"`
	Freeze   struct {
		List     freezeListCmd     `cmd:"" help:"cmd_freeze_list"`
		Add      freezeAddCmd      `cmd:"" help:"cmd_freeze_add"`
		End      freezeEndCmd      `cmd:"" help:"cmd_freeze_end"`
		Override freezeOverrideCmd `cmd:"" help:"cmd_freeze_override"`
	} `cmd:"" help:"cmd_freeze"`
	Standing struct {
		List   standingListCmd   `cmd:"" help:"cmd_standing_list"`
		Show   standingShowCmd   `cmd:"" help:"cmd_standing_show"`
		Move   standingMoveCmd   `cmd:"" help:"cmd_standing_move"`
		Skip   standingSkipCmd   `cmd:"" help:"cmd_standing_skip"`
		Pause  standingPauseCmd  `cmd:"" help:"cmd_standing_pause"`
		Resume standingResumeCmd `cmd:"" help:"cmd_standing_resume"`
	} `cmd:"" help:"cmd_standing"`
	Campaign struct {
		List    campaignListCmd    `cmd:"" help:"cmd_campaign_list"`
		Show    campaignShowCmd    `cmd:"" help:"cmd_campaign_show"`
		Start   campaignStartCmd   `cmd:"" help:"cmd_campaign_start"`
		SignOff campaignSignOffCmd `cmd:"" help:"cmd_campaign_sign_off"`
		End     campaignEndCmd     `cmd:"" help:"cmd_campaign_end"`
		Stop    campaignStopCmd    `cmd:"" help:"cmd_campaign_stop"`
		Resume  campaignResumeCmd  `cmd:"" help:"cmd_campaign_resume"`
	} `cmd:"" help:"cmd_campaign"`
	Stop       stopCmd   `cmd:"" help:"cmd_stop"`
	Resume     resumeCmd `cmd:"" help:"cmd_resume"`
	Mitigation struct {
		List mitigationListCmd `cmd:"" help:"cmd_mitigation_list"`
		Add  mitigationAddCmd  `cmd:"" help:"cmd_mitigation_add"`
		End  mitigationEndCmd  `cmd:"" help:"cmd_mitigation_end"`
	} `cmd:"" help:"cmd_mitigation"`
	Lifecycle struct {
		List    lifecycleListCmd    `cmd:"" help:"cmd_lifecycle_list"`
		Confirm lifecycleConfirmCmd `cmd:"" help:"cmd_lifecycle_confirm"`
		Move    lifecycleMoveCmd    `cmd:"" help:"cmd_lifecycle_move"`
	} `cmd:"" help:"cmd_lifecycle"`
	Notices noticesCmd `cmd:"" help:"cmd_notices"`
	Feed    struct {
		List    feedListCmd    `cmd:"" help:"cmd_feed_list"`
		Import  feedImportCmd  `cmd:"" help:"cmd_feed_import"`
		Sources feedSourcesCmd `cmd:"" help:"cmd_feed_sources"`
	} `cmd:"" help:"cmd_feed"`
	Match   matchCmd   `cmd:"" help:"cmd_match"`
	Console consoleCmd `cmd:"" help:"cmd_console"`
	Demo    demoCmd    `cmd:"" help:"cmd_demo"`
	Version versionCmd `cmd:"" help:"cmd_version"`
}

type serveCmd struct {
	Data         string   `default:"/var/lib/patchwart-server" env:"PATCHWART_DATA" placeholder:"${word_dir}" help:"flag_serve_data"`
	Listen       string   `default:"127.0.0.1:7480" placeholder:"${word_addr}" help:"flag_serve_listen"`
	Agents       string   `default:":7443" placeholder:"${word_addr}" help:"flag_serve_agents"`
	AgentName    []string `placeholder:"NAME" help:"flag_serve_name"`
	AgentAddress []string `placeholder:"IP" help:"flag_serve_address"`
	Feeds        string   `placeholder:"${word_file}" help:"flag_serve_feeds"`
	FeedsDir     string   `placeholder:"${word_dir}" help:"flag_serve_feeds_dir"`
	NoFeeds      bool     `help:"flag_serve_no_feeds"`
	Mail         string   `placeholder:"${word_file}" help:"flag_serve_mail"`
	Helpdesk     string   `placeholder:"${word_file}" help:"flag_serve_helpdesk"`
}

type applyCmd struct {
	File string `short:"f" required:"" placeholder:"${word_file}" help:"flag_apply_file"`
}

type systemsCmd struct{}

type systemCmd struct {
	Name string `arg:"" name:"system" help:"arg_system"`
}

type explainCmd struct {
	System  string `arg:"" help:"arg_system"`
	Package string `arg:"" optional:"" name:"package" help:"arg_package"`
	Layer   string `placeholder:"${word_value}" help:"flag_explain_layer"`
	Change  string `placeholder:"${word_value}" help:"flag_explain_change"`
	Origin  string `placeholder:"${word_value}" help:"flag_decide_origin"`
	At      string `placeholder:"${word_day}" help:"flag_explain_at"`
	KnownAt string `placeholder:"${word_day}" help:"flag_explain_known"`
}

type dueCmd struct {
	System string `arg:"" optional:"" help:"arg_system_all"`
}

type orderCmd struct {
	System   string `arg:"" help:"arg_system"`
	Contact  string `required:"" placeholder:"ID" help:"flag_order_contact"`
	Channel  string `required:"" placeholder:"TICKET" help:"flag_order_channel"`
	Text     string `required:"" placeholder:"TEXT" help:"flag_order_text"`
	Explicit bool   `help:"flag_order_explicit"`
	Scope    string `enum:"security_updates,updates" default:"security_updates" placeholder:"${word_scope}" help:"flag_order_scope"`

	Mitigation bool      `help:"flag_order_mitigation"`
	Reboot     bool      `help:"flag_order_reboot"`
	Package    []string  `placeholder:"NAME" help:"flag_order_package"`
	Upgrade    string    `placeholder:"NAME=FROM..TO" xor:"change" help:"flag_order_upgrade"`
	Migration  string    `placeholder:"NAME=FROM..TO" xor:"change" help:"flag_order_migration"`
	Price      string    `placeholder:"TEXT" and:"price" help:"flag_order_price"`
	PricedBy   string    `placeholder:"NAME" and:"price" help:"flag_price_by"`
	NotBefore  time.Time `placeholder:"2026-12-01T05:00:00+01:00" help:"flag_order_not_before"`
	Preview    bool      `help:"flag_order_preview"`
}

type ordersCmd struct {
	System string `arg:"" optional:"" help:"arg_system_all"`
}

type withdrawCmd struct {
	Order   string `arg:"" help:"arg_order"`
	Contact string `required:"" placeholder:"ID" help:"flag_order_contact"`
	Channel string `required:"" placeholder:"TICKET" help:"flag_order_channel"`
	Text    string `required:"" placeholder:"TEXT" help:"flag_withdraw_text"`
}

type countersignCmd struct {
	ID     string `arg:"" name:"id" help:"arg_run"`
	Key    string `placeholder:"${word_file}" help:"flag_countersign_key"`
	Digest string `placeholder:"SHA256" help:"flag_countersign_digest"`
}

type countersignKeyCmd struct {
	File string `arg:"" name:"file" help:"arg_countersign_file"`
}

type planCmd struct {
	System  string `arg:"" optional:"" help:"arg_system_all"`
	Preview bool   `xor:"only" help:"flag_plan_preview"`
	Diff    bool   `xor:"only" help:"flag_plan_diff"`
}

type runsCmd struct {
	System string `placeholder:"SYSTEM" help:"flag_runs_system"`
	Stage  string `enum:"planned,asked,ordered,running,over," default:"" placeholder:"${word_stage}" help:"flag_runs_stage"`
	Limit  int    `default:"20" placeholder:"${word_number}" help:"flag_runs_limit"`
}

type runShowCmd struct {
	ID     string `arg:"" name:"id" help:"arg_run"`
	Follow bool   `help:"flag_run_follow"`
}

type enrolCmd struct {
	System string `arg:"" help:"arg_system"`
}

type recordVerifyCmd struct{}

type consoleCmd struct{}

type demoCmd struct {
	Once    bool   `help:"flag_demo_once"`
	Console string `default:"127.0.0.1:7480" placeholder:"${word_addr}" help:"flag_demo_console"`
}

type versionCmd struct{}

// helpFlag prints the help of the command it stands at, and ends the program well.
type helpFlag bool

// BeforeReset is called by kong when the flag was given, before anything that is missing is missed.
func (helpFlag) BeforeReset(k *kong.Context, a *app) error {
	a.help(k.Selected(), k.Model.Node)
	return errHelp
}
