package web

import (
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// titleOf is the heading for a fault.
func titleOf(code fault.Code) lang.Text {
	switch code {
	case fault.Invalid:
		return faultWords.TitleInvalid
	case fault.NotFound:
		return faultWords.TitleNotFound
	case fault.Refused:
		return faultWords.TitleRefused
	case fault.Conflict:
		return faultWords.TitleConflict
	case fault.Forbidden:
		return faultWords.TitleForbidden
	case fault.Unavailable:
		return faultWords.TitleUnavailable
	}
	return faultWords.TitleInternal
}
