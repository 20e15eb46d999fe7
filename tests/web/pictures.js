// Makes docs/img/check.png, the picture of the check page in the README, of the invented sample.
//   cd tests/web && node pictures.js
import { chromium, expect } from "@playwright/test";
import { mkdirSync } from "node:fs";
import { Desk, login, root, sample, path } from "./specs/desk.js";

const desk = await new Desk()
	.archive("harbour", sample("cables.csv"), sample("pages"), sample("telegrams"))
	.user("anna", "editor")
	.serve();
const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
	args: process.getuid && process.getuid() === 0 ? ["--no-sandbox"] : [],
});
try {
	const page = await browser.newPage({ viewport: { width: 1000, height: 860 }, colorScheme: "light" });
	await login(page, desk, "anna");
	await page.goto(desk.url + "/c/harbour/check");
	await page.getByLabel("or its file").first().setInputFiles(sample("story.html"));
	await page.getByRole("button", { name: "Check and keep" }).click();
	await expect(page.getByRole("region", { name: "To look at" })).toBeVisible();
	mkdirSync(path.join(root, "docs/img"), { recursive: true });
	await page.screenshot({ path: path.join(root, "docs/img/check.png") });
} finally {
	await browser.close();
	await desk.close();
}
