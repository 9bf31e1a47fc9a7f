/** What `promise` comes to, or an error if that takes longer. */
export async function within(milliseconds, promise) {
  let timer;
  const late = new Promise((resolve, reject) => {
    const fail = () => reject(new Error(`It took more than ${milliseconds} ms.`));
    // After a busy moment, timers run before what has arrived meanwhile is read. That is given a chance.
    timer = setTimeout(() => setImmediate(fail), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
