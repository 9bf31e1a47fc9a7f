package postgres

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate runs the migrations that have not run on this database, in the order of their names.
func Migrate(ctx context.Context, db *sql.DB) error {
	_, err := db.ExecContext(ctx, `create table if not exists schema_migrations (name text primary key)`)
	if err != nil {
		return fmt.Errorf("create the table of migrations: %w", err)
	}
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return fmt.Errorf("list the migrations: %w", err)
	}
	for _, name := range names {
		var done bool
		err := db.QueryRowContext(ctx, `select exists (select from schema_migrations where name = $1)`, name).Scan(&done)
		if err != nil {
			return fmt.Errorf("look for the migration %s: %w", name, err)
		}
		if done {
			continue
		}
		slog.Info("running", "migration", name)
		script, err := migrations.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read the migration %s: %w", name, err)
		}
		// Without arguments the script is sent as it is.
		if _, err := db.ExecContext(ctx, string(script)); err != nil {
			return fmt.Errorf("run the migration %s: %w", name, err)
		}
		if _, err := db.ExecContext(ctx, `insert into schema_migrations values ($1)`, name); err != nil {
			return fmt.Errorf("note the migration %s: %w", name, err)
		}
	}
	return nil
}
