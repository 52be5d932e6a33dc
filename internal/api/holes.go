package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/patchwart/patchwart/internal/core/board"
)

// maxDelivery bounds a publication, in bytes; the backend says the same.
const maxDelivery = 256 << 20

// limitFeed is how long taking in a publication may take: reading it, and looking at every system again.
const limitFeed = 10 * time.Minute

// Holes is what the feeds say about holes, which systems have them, and how the clocks stand.
type Holes interface {
	Clocks(ctx context.Context, recent bool) ([]board.ClockRow, error)
	Hole(ctx context.Context, id string) (board.Hole, error)
	Holes(ctx context.Context, system string) (board.OpenHoles, error)
	Notices(ctx context.Context, system string) ([]board.Told, error) // "" = all systems
	Feeds(ctx context.Context) ([]board.Feed, error)
	Deliver(ctx context.Context, d board.Delivery) (board.Delivered, error)
	Export(ctx context.Context, system string, form board.ExportForm) (board.Document, error)
	Exposure(ctx context.Context, days int) (board.Exposure, error)
	Metrics(ctx context.Context) ([]byte, error)
}

// exposureQuery says how far back.
type exposureQuery struct {
	Days int `query:"days" default:"30" minimum:"1" maximum:"1098" doc:"How many days back"`
}

// exportPath names a system and a form.
type exportPath struct {
	Name string           `path:"name" maxLength:"63" doc:"Name of the system"`
	Form board.ExportForm `path:"form" enum:"sbom,vex,openvex" doc:"Form"`
}

// plain is a text as it is.
type plain struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

// exported is a document as it is.
type exported struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// clocksQuery says which clocks.
type clocksQuery struct {
	Recent bool `query:"recent" doc:"Also the clocks that were closed in the last seven days"`
}

// holePath names a CVE or an advisory in the path.
type holePath struct {
	ID string `path:"id" maxLength:"80" doc:"CVE-2026-1234, or an advisory: DSA-6458-1, GHSA-…"`
}

// deliveryInput is a publication as its publisher wrote it.
type deliveryInput struct {
	Feed    string `path:"feed" maxLength:"63" doc:"Name of the feed, debian-dsa for example"`
	Origin  string `query:"origin" maxLength:"500" default:"import" doc:"Where it came from: a file's name, a URL"`
	Reason  string `query:"reason" maxLength:"500" doc:"Why it may replace a publication with many more records; needed then only"`
	RawBody []byte `contentType:"application/octet-stream"`
}

type clockList struct {
	Clocks []board.ClockRow `json:"clocks"`
}

type noticeList struct {
	Notices []board.Told `json:"notices"`
}

type feedList struct {
	Feeds []board.Feed `json:"feeds"`
}

func (s *service) holes() {
	register(s, s.operation(http.MethodGet, "/clocks", "clocks", "Critical holes on systems: since when known, how much time is left, whose turn it is", limitRead),
		func(ctx context.Context, in *clocksQuery) (*body[clockList], error) {
			list, err := s.backend.Holes.Clocks(ctx, in.Recent)
			return answer(clockList{filled(list)}, err)
		})
	register(s, s.operation(http.MethodGet, "/advisories/{id}", "advisory", "Everything about one hole: publishers, rating, systems, clocks", limitRead),
		func(ctx context.Context, in *holePath) (*body[board.Hole], error) {
			return answer(s.backend.Holes.Hole(ctx, in.ID))
		})
	register(s, s.operation(http.MethodGet, "/systems/{name}/holes", "systemHoles", "The holes that a system has now, the worst first", limitRead),
		func(ctx context.Context, in *systemPath) (*body[board.OpenHoles], error) {
			return answer(s.backend.Holes.Holes(ctx, in.Name))
		})
	register(s, s.operation(http.MethodGet, "/exposure", "exposure", "How many critical holes were open over time, and how long they took to be secured", limitRead),
		func(ctx context.Context, in *exposureQuery) (*body[board.Exposure], error) {
			return answer(s.backend.Holes.Exposure(ctx, in.Days))
		})
	metrics := s.operation(http.MethodGet, "/metrics", "metrics", "Clocks and feeds as metrics, in the text format of Prometheus", limitRead)
	metrics.Responses["200"] = &huma.Response{Description: "The metrics", Content: map[string]*huma.MediaType{"text/plain": {}}}
	register(s, metrics, func(ctx context.Context, _ *struct{}) (*plain, error) {
		text, err := s.backend.Holes.Metrics(ctx)
		return &plain{"text/plain; version=0.0.4; charset=utf-8", text}, err
	})
	export := s.operation(http.MethodGet, "/systems/{name}/export/{form}", "export", "The software of a system and its holes as CycloneDX (sbom, vex) or OpenVEX", limitRead)
	export.Responses["200"] = &huma.Response{Description: "The document", Content: map[string]*huma.MediaType{"application/json": {}}}
	register(s, export, func(ctx context.Context, in *exportPath) (*exported, error) {
		d, err := s.backend.Holes.Export(ctx, in.Name, in.Form)
		if err != nil {
			return nil, err
		}
		return &exported{d.Type, `attachment; filename="` + d.Name + `"`, d.Text}, nil
	})
	register(s, s.operation(http.MethodGet, "/notices", "notices", "Who was told what about critical holes, newest first", limitRead),
		func(ctx context.Context, in *systemQuery) (*body[noticeList], error) {
			list, err := s.backend.Holes.Notices(ctx, in.System)
			return answer(noticeList{filled(list)}, err)
		})
	register(s, s.operation(http.MethodGet, "/feeds", "feeds", "The feeds of advisories, and whether they are fresh enough to conclude from them", limitRead),
		func(ctx context.Context, _ *struct{}) (*body[feedList], error) {
			list, err := s.backend.Holes.Feeds(ctx)
			return answer(feedList{filled(list)}, err)
		})
	deliver := s.operation(http.MethodPost, "/feeds/{feed}", "deliver", "Hand over a publication of a feed: it is taken whole, or what was known stays in force", limitFeed)
	deliver.MaxBodyBytes = maxDelivery
	deliver.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Description: "The publication as its publisher wrote it, at most 256 MiB"}},
	}}
	register(s, deliver, func(ctx context.Context, in *deliveryInput) (*body[board.Delivered], error) {
		return answer(s.backend.Holes.Deliver(ctx, board.Delivery{Feed: in.Feed, Origin: in.Origin, Reason: in.Reason, Text: slices.Clone(in.RawBody)}))
	})
}
