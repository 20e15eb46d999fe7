// Through the desk as a reader goes: import, search, cable, references, versions, what the newsroom adds.
import { readFileSync } from "node:fs";
import { test, expect, newsroom, login, look, sample } from "./desk.js";

let desk;
const at = (where) => desk.url + "/c/harbour/" + where;

test.describe.configure({ mode: "default" });
test.beforeAll(async () => {
	desk = await newsroom();
});
test.afterAll(() => desk.close());

test("files are imported, and what was set aside is said", async ({ page }) => {
	await login(page, desk, "edda");
	await page.goto(desk.url + "/c/empty/import");
	await look(page, "import");
	await page.locator("input[type=file]").setInputFiles([sample("cables.csv"), sample("pages", "08SORNA61.html"), sample("pages", "about.html")]);
	await page.locator("section", { has: page.locator("input[type=file]") }).getByRole("button", { name: "Import", exact: true }).click();
	await expect(page.getByRole("heading", { name: /The last import/ })).toBeVisible({ timeout: 30000 });
	await expect(page.getByText("It is done")).toBeVisible();
	await expect(page.getByRole("heading", { name: "Set aside" })).toBeVisible();
	await look(page, "import-done");
	await page.goto(desk.url + "/c/empty/search?q=ferry");
	await expect(page.locator(".hits > li").first()).toBeVisible();
	await page.goto(desk.url + "/c/empty/status");
	await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
	await look(page, "status");
});

test("a search is asked, narrowed by a facet, sorted and read by keys", async ({ page }) => {
	await login(page, desk, "rolf");
	await page.goto(at("search"));
	await look(page, "search-empty");
	await page.keyboard.press("/");
	await expect(page.getByLabel("Search the cables")).toBeFocused();
	await page.keyboard.type("ferry");
	await page.keyboard.press("Enter");
	await expect(page).toHaveURL(/q=ferry/);
	const hits = page.locator(".hits > li");
	const all = await hits.count();
	expect(all).toBeGreaterThan(3);
	await expect(hits.first().locator("mark").first()).toBeVisible();
	await look(page, "search");
	const facet = page.locator(".counts").getByRole("link", { name: /SECRET/ }).first();
	await facet.click();
	await expect(page).not.toHaveURL(/q=ferry$/);
	await expect.poll(() => hits.count()).toBeLessThan(all);
	for (const text of await page.locator(".hits .class").allTextContents()) expect(text).toContain("SECRET");
	await page.goBack();
	await page.getByRole("link", { name: /newest/i }).click();
	const dates = await page.locator(".hits time").allTextContents();
	expect(dates.length).toBeGreaterThan(3);
	expect(dates).toEqual([...dates].sort().reverse());
	await page.keyboard.press("j");
	await page.keyboard.press("j");
	await page.keyboard.press("k");
	await page.keyboard.press("Enter");
	await expect(page).toHaveURL(/\/cable\//);
});

test("a query that cannot be read shows the place", async ({ page }) => {
	await login(page, desk, "rolf");
	await page.goto(at("search?q=" + encodeURIComponent('ferry "harbour')));
	await expect(page.getByRole("alert")).toBeVisible();
	await look(page, "search-wrong");
});

test("the result is taken along as CSV and JSON", async ({ page }) => {
	await login(page, desk, "rolf");
	await page.goto(at("search?q=ferry"));
	for (const kind of ["CSV", "JSON"]) {
		const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: kind, exact: true }).click()]);
		expect(readFileSync(await file.path(), "utf8")).toContain("08KALVIK");
	}
});

test("a cable is read, its references followed both ways", async ({ page }) => {
	await login(page, desk, "edda");
	await page.goto(at("cable/08KALVIK412?hl=ferry"));
	await expect(page.getByRole("heading", { level: 1 })).toContainText("HARBOUR MASTER STANDS FIRM");
	await expect(page.locator("main mark").first()).toBeVisible();
	await expect(page.locator("#p1")).toBeVisible();
	await expect(page.locator(".tags li", { hasText: "EWWT" })).toContainText("waterborne transport");
	await look(page, "cable");
	await page.locator("main").getByRole("link", { name: /08KALVIK398/ }).first().click();
	await expect(page).toHaveURL(/08KALVIK398/);
	await page.locator("main").getByRole("link", { name: /08KALVIK412/ }).first().click();
	await expect(page).toHaveURL(/08KALVIK412/);
	await page.goto(at("cable/08KALVIK412?as=received"));
	await expect(page.locator("main pre", { hasText: "SIPDIS" })).toContainText("CLASSIFIED BY: DCM Piet Aalto", { ignoreCase: true });
	await look(page, "cable-received");
	await page.goto(at("cable/08KALVIK412/graph"));
	await expect(page.locator("svg a").first()).toBeVisible();
	await look(page, "graph");
	await page.goto(at("cable/08KALVIK412/related"));
	await look(page, "related");
});

test("a cable that nobody holds has a page that says who cites it", async ({ page }) => {
	await login(page, desk, "rolf");
	await page.goto(at("wanted"));
	await look(page, "wanted");
	await page.locator("main").getByRole("link", { name: "08TARNHOLM88" }).first().click();
	await expect(page.getByText("NOT HELD")).toBeVisible();
	await expect(page.getByTestId("citers").or(page.locator('[data-test="citers"]')).locator("tbody tr")).toHaveCount(3);
	await look(page, "missing");
});

test("two versions of a cable stand side by side", async ({ page }) => {
	await login(page, desk, "rolf");
	await page.goto(at("cable/08SORNA61"));
	await page.goto(at("cable/08SORNA61/diff?from=1&to=2"));
	await expect(page.locator("main ins, main del, main mark, main .added, main .removed").first()).toBeVisible();
	await look(page, "diff");
});

test("a note, a tag and a star are left on a cable", async ({ page }) => {
	await login(page, desk, "edda");
	await page.goto(at("cable/08SORNA99"));
	await page.locator('[data-test="star"]').click();
	await page.getByLabel("Tag", { exact: true }).fill("piers");
	await page.getByRole("button", { name: "Tag it" }).click();
	await expect(page.locator("main").getByText("piers", { exact: true }).first()).toBeVisible();
	const add = page.locator("details.add", { hasText: "Add a note" }).last();
	await add.locator("summary").click();
	await add.getByLabel("Your note").fill("Ask the <b>port</b> about this.");
	await add.getByRole("button", { name: "Add it" }).click();
	await expect(page.getByText("Ask the <b>port</b> about this.").first()).toBeAttached();
	await look(page, "cable-noted");
	for (const [name, where] of [["tags", "tags"], ["tag", "tags?tag=piers"], ["stars", "stars"]]) {
		await page.goto(at(where));
		await expect(page.locator("main").getByRole("link", { name: /FERRIES FULL AGAIN|08SORNA99|piers/ }).first()).toBeVisible();
		await look(page, name);
	}
});

