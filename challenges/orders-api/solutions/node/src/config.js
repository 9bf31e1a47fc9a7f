export function readConfig(env) {
  return {
    port: Number(required(env, 'PORT')),
    databaseUrl: required(env, 'DATABASE_URL'),
    secret: required(env, 'AUTH_SECRET'),
  };
}

function required(env, name) {
  const value = env[name];
  if (!value) throw new Error(`The environment has no ${name}.`);
  return value;
}
