package demo

import (
	"context"
	"fmt"
	"strings"
	"text/template"
	"time"

	"github.com/patchwart/patchwart/internal/lab"
)

// estateTemplate is the demo's estate: two customers, three contracts, four systems. The windows are
// made for the hour in which the demo runs: one is open, one opens soon.
var estateTemplate = template.Must(template.New("estate").Parse(`# The demo's estate. Windows are set so that one is open now and one opens in a few minutes.
customers:
  - id: kuhn
    name: Bäckerei Kuhn GmbH
    contacts:
      - id: eva
        name: Eva Kuhn
        email: eva@kuhn.example
        authority: [order, consent]
  - id: verein
    name: Sportverein Seestadt e. V.
    contacts:
      - id: carla
        name: Carla Kassier
        email: carla@verein.example
        authority: [order]

windows:
  - name: open
    days: [mon, tue, wed, thu, fri, sat, sun]
    start: "{{.Open}}"
    hours: 6
    zone: Europe/Berlin
  - name: soon
    days: [mon, tue, wed, thu, fri, sat, sun]
    start: "{{.Soon}}"
    hours: 2
    zone: Europe/Berlin

contracts:
  - id: c-shop
    customer: kuhn
    model: paas
    package: advanced
    policy: managedhosting-2
    window: open
    standing_order:
      id: so-shop
      by: eva
      given: 2026-01-15
      channel: Ticket 4711
      scope: security_updates
      interval: quarterly
      text: Bitte spielen Sie Sicherheitsupdates auf unseren Webservern regelmäßig und ohne Rückfrage ein.
  - id: c-data
    customer: kuhn
    model: paas
    package: basic
    policy: managedhosting-2
    window: soon
  - id: c-own
    customer: verein
    model: iaas
    policy: managedhosting-2

systems:
  - name: web1
    contract: c-shop
    admin_access: provider
    purpose: Webshop
    services: [nginx.service]
    checks:
      - {name: startpage, kind: http, port: 80, path: /, status: 200}
  - name: web2
    contract: c-shop
    admin_access: provider
    purpose: Kundenportal
    services: [nginx.service]
    checks:
      - {name: portal, kind: http, port: 80, path: /portal, status: 200}
  - name: db1
    contract: c-data
    admin_access: provider
    purpose: Datenbank
    services: [mariadb.service]
    checks:
      - {name: mariadb, kind: tcp, port: 3306}
  - name: iaas1
    contract: c-own
    admin_access: shared
    purpose: Eigener Server des Vereins
`))

// untilSoon is how far ahead the window of db1 opens. It has to come after the customer's order, and
// nobody wants to wait long.
const untilSoon = 150 * time.Second

// estateDocument writes the demo's estate for the time now. It also returns when db1's window opens.
func estateDocument(now time.Time, zone *time.Location) (doc []byte, opens time.Time, err error) {
	opens = now.Add(untilSoon).Truncate(time.Minute).Add(time.Minute)
	var b strings.Builder
	err = estateTemplate.Execute(&b, map[string]string{
		"Open": now.In(zone).Add(-time.Hour).Format("15:04"),
		"Soon": opens.In(zone).Format("15:04"),
	})
	return []byte(b.String()), opens.In(zone), err
}

// portal is the package that web2's service rests on. The update's server answers with an error: a
// mistake that no package manager notices.
func portal(version string, status int) lab.Deb {
	return lab.Deb{
		Name: "kundenportal", Version: version, Arch: "all", Depends: "nginx",
		Description: "customer portal of the demo",
		Files: map[string]lab.File{
			"/usr/share/kundenportal/nginx.conf": {Content: fmt.Sprintf("location = /portal { default_type text/plain; return %d \"portal %s\\n\"; }\n", status, version)},
		},
		Postinst: "#!/bin/sh\nset -e\nif [ -d /run/systemd/system ]; then systemctl reload-or-restart nginx.service; fi\n",
	}
}

// site is the web server's configuration on web2, made by the hoster: it includes the portal's part.
const site = `server {
	listen 80 default_server;
	root /var/www/html;
	include /usr/share/kundenportal/nginx.conf;
}
`

// breakWeb2 prepares web2: the portal runs in its first version, and the repository, which carries the
// labels of the security archive and is signed with a key the host trusts, offers a second one.
func breakWeb2(ctx context.Context, repo *lab.Repo, web2 *lab.Host) error {
	if err := repo.Publish(ctx, portal("1.0-1", 200)); err != nil {
		return err
	}
	if err := web2.WriteFile("/etc/nginx/sites-available/default", []byte(site), 0o644); err != nil {
		return err
	}
	for _, argv := range [][]string{
		{"apt-get", "-q", "update"},
		{"apt-get", "-qy", "install", "kundenportal"},
		{"systemctl", "restart", "nginx.service"},
	} {
		if _, err := web2.Run(ctx, argv...); err != nil {
			return fmt.Errorf("prepare web2: %w", err)
		}
	}
	return repo.Publish(ctx, portal("1.0-1+deb12u1", 500))
}
