"""
Runs the tests of attack: python3 tests/web/attack [NAME...]. The last line counts: N passed, N failed, N skipped.
"""
import os
import sys
import time
import unittest

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)


class Result(unittest.TextTestResult):
	"""Counts a test once, whatever its parts say, and says how long each took where TIMES is set."""

	def startTest(self, test):
		super().startTest(test)
		self.began = time.monotonic()

	def stopTest(self, test):
		super().stopTest(test)
		if os.environ.get("TIMES"):
			self.stream.writeln(f"    {time.monotonic() - self.began:.1f} s  {test.id()}")


def main():
	loader, suite = unittest.TestLoader(), unittest.TestSuite()
	for name in sys.argv[1:] or sorted(x[:-3] for x in os.listdir(here) if x.startswith("test_")):
		suite.addTests(loader.loadTestsFromName(name))
	result = unittest.TextTestRunner(resultclass=Result, verbosity=1, stream=sys.stderr).run(suite)
	ids = [t.id() for t, _ in result.failures + result.errors]
	failed = {x if x.startswith("setUpClass") else x.split(" (")[0].split(" [")[0] for x in ids}
	skipped = len(result.skipped)
	print(f"{max(result.testsRun - len(failed) - skipped, 0)} passed, {len(failed)} failed, {skipped} skipped")
	return 1 if failed else 0


sys.exit(main())
