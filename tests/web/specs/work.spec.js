// Through the desk as a newsroom works: stories checked and overruled, saved searches, browsing, people, the log.
import { readFileSync } from "node:fs";
import { test, expect, newsroom, Desk, login, look, sample, existsSync, data, path, password } from "./desk.js";

let desk;
const at = (where) => desk.url + "/c/harbour/" + where;

test.describe.configure({ mode: "default" });
test.beforeAll(async () => {
	desk = await newsroom();
});
test.afterAll(() => desk.close());

test("the sample story is checked, kept, overruled, and a second draft compared", async ({ page }) => {
	await login(page, desk, "edda");
	await page.goto(at("check"));
	await look(page, "check");
	await page.getByLabel("Title").fill("The ferry piers");
	await page.getByLabel("or its file").first().setInputFiles(sample("story.html"));
	await page.getByRole("button", { name: "Check and keep" }).click();
	await expect(page).toHaveURL(/\/story\/\d+/);
	await expect(page.getByRole("list", { name: "Quotations by verdict" })).toContainText("altered");
	await expect(page.getByRole("region", { name: "To look at" })).toContainText("false invoices");
	await look(page, "story");
	const card = page.locator(".card.altered").first();
	await card.locator("summary", { hasText: "Overrule" }).click();
	await card.getByLabel("It is").selectOption("verbatim");
	await card.getByLabel("Because").fill("The number is the <i>reporter's</i> own count.");
	await card.getByRole("button", { name: "Overrule" }).click();
	await expect(page.getByText("Overruled by").first()).toBeVisible();
	await expect(page.getByText("The number is the <i>reporter's</i> own count.").first()).toBeVisible();
	await look(page, "story-overruled");
	await page.getByText("Add a draft").click();
	const story = readFileSync(sample("story.html"), "utf8").replace("18 false invoices", "17 false invoices");
	await page.getByLabel("or its file").first().setInputFiles({ name: "second.html", mimeType: "text/html", buffer: Buffer.from(story) });
	await page.locator(".new-draft").getByRole("button", { name: "Check and keep" }).click();
	await expect(page.getByRole("navigation", { name: "Drafts" }).getByRole("link", { name: "Draft 2" })).toBeVisible();
	await page.getByRole("link", { name: "What changed" }).click();
	await expect(page).toHaveURL(/changes/);
	await look(page, "changes");
	await page.goBack();
	const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /JSON/ }).first().click()]);
	JSON.parse(readFileSync(await file.path(), "utf8"));
});

test("what was only checked is kept as it is, or checked again where it is no longer at hand", async ({ page }) => {
	await login(page, desk, "edda");
	for (const [lost, said] of [[false, "Checked, and kept as a draft."], [true, "no longer at hand"]]) {
		await page.goto(at("check"));
		await page.getByLabel("Title").fill(lost ? "Piers, lost" : "Piers, waiting");
		await page.getByLabel("The story’s text").fill('\n\nIn 08KALVIK412: “the ferry line would never be sold to any foreign owner” & <b>“no & yes”</b>.\n');
		await page.getByRole("button", { name: "Check only" }).click();
		await expect(page.getByText("nothing of this is kept")).toBeVisible();
		if (!lost) await look(page, "checked-only");
		if (lost) await page.locator("[name=check]").evaluate((x) => (x.value = "0".repeat(32)));
		const cards = await page.locator(".card").allInnerTexts();
		await page.getByRole("button", { name: "Keep this" }).click();
		await expect(page).toHaveURL(/\/story\/\d+/);
		await expect(page.getByRole("status")).toContainText(said);
		await expect(page.getByRole("heading", { level: 1 })).toHaveText(lost ? "Piers, lost" : "Piers, waiting");
		await expect(page.locator(".card")).toHaveCount(cards.length);
		await expect(page.locator(".card.altered").first()).toContainText("foreign owner");
	}
	await page.context().clearCookies();
	await login(page, desk, "rolf");
	await page.goto(at("check"));
	await page.getByLabel("The story’s text").fill("In 08KALVIK412: “the ferry line would never be sold”.");
	await page.getByRole("button", { name: "Check" }).click();
	await expect(page.getByText("nothing of this is kept")).toBeVisible();
	await expect(page.getByRole("button", { name: "Keep this" })).toHaveCount(0);
});

test("the newspaper's story: the misquotation is seen and overruled", async ({ page }) => {
	const story = path.join(data, "stories", "hindu-benazir.txt"), dump = path.join(data, "cables.csv");
	test.skip(!existsSync(story) || !existsSync(dump), "the real cables are not here");
	const real = await new Desk().archive("press", dump).user("edda", "editor").serve();
	try {
		await login(page, real, "edda");
		await page.goto(real.url + "/c/press/check");
		await page.getByLabel("or its file").first().setInputFiles(story);
		await page.getByRole("button", { name: "Check and keep" }).click();
		await expect(page).toHaveURL(/\/story\/\d+/);
		await expect(page.getByRole("region", { name: "To look at" })).toContainText("necessary for maximum protection");
		const card = page.locator(".card.altered", { hasText: "maximum protection" }).first();
		await card.locator("summary", { hasText: "Overrule" }).click();
		await card.getByLabel("Because").fill("The paper has corrected it.");
		await card.getByRole("button", { name: "Overrule" }).click();
		await expect(page.locator(".card", { hasText: "maximum protection" }).first()).toContainText("The paper has corrected it.");
		await expect(page.locator(".card", { hasText: "maximum protection" }).first()).toContainText("edda");
	} finally {
		await real.close();
	}
});

test("a search is saved, and says what is new", async ({ page }) => {
	await login(page, desk, "rolf");
	await page.goto(at("search?q=dockers"));
	if (!(await page.getByLabel("Save this search as").isVisible())) await page.getByText(/save/i).first().click();
	await page.getByLabel("Save this search as").fill("Dockers & <piers>");
	await page.getByRole("button", { name: "Save", exact: true }).click();
	await expect(page.getByRole("status")).toContainText("Saved");
	await page.goto(at("search"));
	const saved = page.getByRole("region", { name: "Saved searches" });
	await expect(saved).toContainText("Dockers & <piers>");
	await expect(saved).toContainText("nothing new");
	await look(page, "search-saved");
	await saved.getByRole("button", { name: "Dockers & <piers>", exact: true }).click();
	await expect(page).toHaveURL(/q=dockers/);
	await page.goto(at("search"));
	await saved.getByRole("button", { name: /Remove/ }).click();
	await expect(page.getByRole("status")).toContainText("removed");
});

test("the archive is browsed in every way", async ({ page }) => {
	await login(page, desk, "rolf");
	await page.goto(at("browse"));
	for (const name of await page.getByRole("navigation", { name: "Ways to browse" }).getByRole("link").allTextContents()) {
		await page.goto(at("browse"));
		await page.getByRole("navigation", { name: "Ways to browse" }).getByRole("link", { name, exact: true }).click();
		await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
		if (/TAGS/.test(name)) await expect(page.locator("li", { hasText: "PGOV" })).toContainText("internal governmental affairs");
		await look(page, "browse-" + name.toLowerCase().replace(/[^a-z]+/g, "-"));
	}
});

test("people are added, given a role, and kept out", async ({ page, browser }) => {
	await login(page, desk, "anna");
	await page.goto(desk.url + "/people");
	const form = page.locator("form", { has: page.getByLabel("Name to log in with") });
	if (!(await form.isVisible())) await page.locator("details", { has: form }).last().locator("summary").click();
	await page.getByLabel("Name to log in with").fill("nora");
	await form.getByLabel("Name as people know them").fill("Nora <script>");
	for (const box of await form.locator("input[type=password]").all()) await box.fill(password);
	await form.getByRole("button").last().click();
	await expect(page.getByText("Nora <script>").first()).toBeVisible();
	await page.goto(desk.url + "/people");
	await look(page, "people");
	await page.goto(desk.url + "/people/nora");
	await look(page, "person");
	const other = await browser.newPage();
	await login(other, desk, "nora");
	await page.getByRole("button", { name: /disable|close|lock/i }).first().click();
	await other.goto(desk.url + "/me");
	await expect(other).toHaveURL(/\/login/);
	await other.close();
});

test("one's own page has password, second factor and tokens", async ({ page }) => {
	await login(page, desk, "rolf");
	await page.goto(desk.url + "/me");
	await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
	await look(page, "me");
});

test("the log says who did what, and that it is whole", async ({ page }) => {
	await login(page, desk, "anna");
	await page.goto(desk.url + "/log");
	await expect(page.locator("main")).toContainText("login");
	await look(page, "log");
	await page.goto(desk.url + "/log/verify");
	await expect(page.locator("main")).toContainText(/[0-9a-f]{16}/);
	await look(page, "log-verify");
});
