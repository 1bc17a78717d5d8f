/** Jest reporter that ends a CI run with a line which says in plain words how many tests ran. */
export default class ClosingLine {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numFailedTestSuites, numPendingTests }) {
    // A test file that could not even be loaded counts as a failure.
    const failed = Math.max(numFailedTests, numFailedTestSuites);
    console.log(`\n${numPassedTests} passed, ${failed} failed, ${numPendingTests} skipped`);
  }
}
