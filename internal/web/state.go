package web

import (
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// mark is how a state is shown: a word, and a kind that gives it shape and colour.
type mark struct {
	Kind string // done live may wait stop back alarm open late part idle
	Word lang.Text
}

// markOf is the mark of a run. A run whose host has fallen silent is unknown although it is not over.
func markOf(r board.RunRow) mark {
	switch {
	case r.Outcome == verdict.Unknown:
	case r.Stage == board.Planned:
		return mark{"wait", stateWords.Planned}
	case r.Stage == board.Asked:
		return mark{"live", stateWords.Asked}
	case r.Stage == board.Ordered:
		return mark{"live", stateWords.Ordered}
	case r.Stage == board.Running:
		return mark{"live", stateWords.Live}
	}
	return markOfOutcome(r.Outcome)
}

// markOfOutcome is the mark of a run that is over. Only success is green.
func markOfOutcome(o verdict.Outcome) mark {
	switch o {
	case verdict.Succeeded:
		return mark{"done", stateWords.Done}
	case verdict.NotEffective:
		return mark{"late", stateWords.Late}
	case verdict.Partial:
		return mark{"part", stateWords.Part}
	case verdict.Blocked:
		return mark{"stop", stateWords.Stop}
	case verdict.Deferred:
		return mark{"wait", stateWords.Deferred}
	case verdict.Restored:
		return mark{"back", stateWords.Back}
	case verdict.RestoreFailed:
		return mark{"alarm", stateWords.Alarm}
	}
	return mark{"open", stateWords.Open}
}

// live reports whether something of the run happens now, as far as is known.
func live(r board.RunRow) bool {
	return r.Outcome != verdict.Unknown && (r.Stage == board.Asked || r.Stage == board.Ordered || r.Stage == board.Running)
}

// open reports whether the run has not ended, so that nothing else may begin on its host.
func open(r board.RunRow) bool { return r.Stage != board.Over }

// stepWord is the name of a step, aboutStep what it does.
func stepWord(s run.Step) lang.Text {
	switch s {
	case run.Prechecking:
		return stateWords.Prechecking
	case run.Fetching:
		return stateWords.Fetching
	case run.Saving:
		return stateWords.Saving
	case run.Applying:
		return stateWords.Applying
	case run.Settling:
		return stateWords.Settling
	case run.Rebooting:
		return stateWords.Rebooting
	case run.Verifying:
		return stateWords.Verifying
	case run.Restoring:
		return stateWords.Restoring
	}
	return lang.T(string(s), string(s))
}

func aboutStep(s run.Step) lang.Text {
	switch s {
	case run.Prechecking:
		return stateWords.AboutPrechecking
	case run.Fetching:
		return stateWords.AboutFetching
	case run.Saving:
		return stateWords.AboutSaving
	case run.Applying:
		return stateWords.AboutApplying
	case run.Settling:
		return stateWords.AboutSettling
	case run.Rebooting:
		return stateWords.AboutRebooting
	case run.Verifying:
		return stateWords.AboutVerifying
	case run.Restoring:
		return stateWords.AboutRestoring
	}
	return lang.Text{}
}

// classWord is the class of a change.
func classWord(c policy.ChangeClass) lang.Text {
	switch c {
	case policy.ChangeClassSecurityUpdate:
		return stateWords.ClassSecurity
	case policy.ChangeClassUpdate:
		return stateWords.ClassUpdate
	case policy.ChangeClassVersionUpgrade:
		return stateWords.ClassUpgrade
	case policy.ChangeClassOSMigration:
		return stateWords.ClassMigration
	}
	return stateWords.ClassOpen
}

// originWord is the kind of repository a change comes from.
func originWord(o policy.Origin) lang.Text {
	switch o {
	case policy.OriginStandard:
		return stateWords.OriginStandard
	case policy.OriginThirdParty:
		return stateWords.OriginThird
	case policy.OriginCustomer:
		return stateWords.OriginCustomer
	}
	return stateWords.OriginOpen
}

// groundWord is what a mandate rests on.
func groundWord(k mandate.Kind) lang.Text {
	switch k {
	case mandate.ByOrder:
		return stateWords.ByOrder
	case mandate.ByStandingOrder:
		return stateWords.ByStanding
	case mandate.ByProviderDuty:
		return stateWords.ByDuty
	case mandate.ByConsent:
		return stateWords.ByConsent
	case mandate.ByItself:
		return stateWords.ByItself
	}
	return lang.T(string(k), string(k))
}

// scopeWord is what an order covers.
func scopeWord(s estate.Scope) lang.Text {
	if s == estate.ScopeUpdates {
		return stateWords.ScopeUpdates
	}
	return stateWords.ScopeSecurity
}

// service is service model and package as people name them: "PaaS advanced".
func service(m policy.ServiceModel, p policy.Package) lang.Text {
	var name string
	switch m {
	case policy.ServiceModelIaaS:
		name = "IaaS"
	case policy.ServiceModelPaaS:
		name = "PaaS"
	case policy.ServiceModelSaaS:
		name = "SaaS"
	default:
		name = "?"
	}
	switch p {
	case policy.PackageBasic, policy.PackageAdvanced:
		return lang.T(name+" "+string(p), name+" "+string(p))
	case policy.PackageNone:
		return lang.Textf("%[1]s, %[2]s", "%[1]s, %[2]s", name, stateWords.NoPackage)
	}
	return lang.T(name+" ?", name+" ?")
}
