package postgres

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"time"
)

//go:embed migrations/*.sql
var migrations embed.FS

// A number of our own, so that instances that start together migrate one after the other.
const migrationLock = 7_240_311

// Migrate waits for the database until the context ends, then runs the migrations that have not run
// yet, in the order of their names.
func Migrate(ctx context.Context, db *sql.DB) error {
	for {
		err := db.PingContext(ctx)
		if err == nil {
			break
		}
		slog.Warn("the database does not answer yet", "error", err)
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the database: %w", err)
		case <-time.After(250 * time.Millisecond):
		}
	}
	return InTx(ctx, db, func(tx *sql.Tx) error { return migrate(ctx, tx) })
}

func migrate(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock($1)`, migrationLock); err != nil {
		return fmt.Errorf("lock the migrations: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `create table if not exists migrations (name text primary key)`); err != nil {
		return fmt.Errorf("create the table of migrations: %w", err)
	}
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return fmt.Errorf("list the migrations: %w", err)
	}
	for _, name := range names {
		added, err := tx.ExecContext(ctx, `insert into migrations (name) values ($1) on conflict do nothing`, name)
		if err != nil {
			return fmt.Errorf("note the migration %s: %w", name, err)
		}
		if count, err := added.RowsAffected(); err != nil {
			return fmt.Errorf("note the migration %s: %w", name, err)
		} else if count == 0 {
			continue
		}
		script, err := migrations.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read the migration %s: %w", name, err)
		}
		if _, err := tx.ExecContext(ctx, string(script)); err != nil {
			return fmt.Errorf("run the migration %s: %w", name, err)
		}
	}
	return nil
}
