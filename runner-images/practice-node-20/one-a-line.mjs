// A formatter of ESLint: one finding a line, so that what it prints can be cut anywhere.
export default (results) =>
  results
    .flatMap((result) =>
      result.messages.map((found) =>
        JSON.stringify({ file: result.filePath, line: found.line, rule: found.ruleId, message: found.message }),
      ),
    )
    .join("\n");
