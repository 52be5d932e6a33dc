package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/store"
	"github.com/patchwart/patchwart/policies"
)

// publish stores the policy versions that come with this build, and loads all that are stored. A
// published version is immutable: a build that carries another text under a known ID does not start.
func (s *Server) publish(ctx context.Context) error {
	s.policies = map[string]*policy.Version{}
	return s.change(ctx, func(c *change) error {
		for _, id := range policies.IDs() {
			text, _ := policies.Lookup(id)
			sum := sha256.Sum256(text)
			st, added, err := c.SavePolicy(ctx, id, hex.EncodeToString(sum[:]), text, c.at)
			if errors.Is(err, store.ErrDiffers) {
				return fmt.Errorf("policy %s is published already with another text: give the changed text a new version ID", id)
			}
			if err != nil {
				return err
			}
			if added {
				if err := c.put(ctx, st, nil); err != nil {
					return err
				}
			}
		}
		ids, err := c.Policies(ctx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			text, _, _, err := c.Policy(ctx, id)
			if err != nil {
				return err
			}
			v, err := policy.Parse(id+".yaml", text)
			if err != nil {
				return fmt.Errorf("stored policy %s: %w", id, err)
			}
			s.policies[id] = v
		}
		return nil
	})
}

// policy is a published version; nil when there is none of that ID. A nil version permits nothing.
func (s *Server) policy(id string) *policy.Version {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.policies[id]
}
