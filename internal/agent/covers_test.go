package agent

import "testing"

func TestARestorePointHoldsTheSystemAndNoData(t *testing.T) {
	t.Parallel()
	kept, ok := NewPoints("/var/lib/patchwart-agent", "/etc/patchwart/host.yaml").(interface{ Covers(path string) bool })
	if !ok {
		t.Fatal("nobody says what restore points hold")
	}
	for path, want := range map[string]bool{
		"/etc/ldap/slapd.d": true, "/opt/shop": true, "/var/lib/mysql": false, "/var/lib/mysql/shop": false,
		"/var/lib": false, "/srv/shop": false, "/data": false, "/var/log/shop": false, "/var/lib/patchwart-agent": false,
	} {
		if got := kept.Covers(path); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}
