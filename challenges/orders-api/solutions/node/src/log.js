/** One line of JSON on standard output for whatever is not a request; those are in trace.js. */
export function note(level, message) {
  console.log(JSON.stringify({ time: new Date().toISOString(), level, message }));
}
