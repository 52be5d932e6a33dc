// Package sqlgen is what sqlc makes of the queries in internal/store/queries: typed functions with real
// bind parameters, one text for SQLite and PostgreSQL. Everything else in it is generated (make generate);
// only internal/store uses it.
package sqlgen
