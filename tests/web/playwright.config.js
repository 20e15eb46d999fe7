// How Chromium is driven: Debian's own, nothing downloaded, one desk a worker, pictures kept beside the build.
import { defineConfig } from "@playwright/test";

const asRoot = process.getuid && process.getuid() === 0;

export default defineConfig({
	testDir: "specs",
	outputDir: "../../build/web-results",
	timeout: 60000,
	expect: { timeout: 15000 },
	workers: 2,
	fullyParallel: false,
	reporter: [["list"], ["json", { outputFile: "../../build/web-results.json" }]],
	use: {
		browserName: "chromium",
		launchOptions: {
			executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
			args: asRoot ? ["--no-sandbox"] : [],
		},
		trace: "off",
		screenshot: "off",
	},
});
