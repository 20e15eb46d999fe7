// With scripts switched off the desk searches, reads, checks and changes all the same.
import { test, expect, Desk, login, sample } from "./desk.js";

let desk;
const at = (where) => desk.url + "/c/harbour/" + where;

test.use({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
test.beforeAll(async () => {
	desk = await new Desk()
		.archive("harbour", sample("cables.csv"), sample("pages"), sample("telegrams"))
		.user("anna", "admin")
		.serve("--import-dir", sample());
});
test.afterAll(() => desk.close());

test("search, facet, cable, reference", async ({ page }) => {
	await login(page, desk, "anna");
	await page.goto(at("search"));
	await page.getByLabel("Search the cables").fill("ferry");
	await page.getByRole("button", { name: "Search" }).click();
	await page.locator(".counts a").first().click();
	await page.locator(".hits h3 a").first().click();
	await expect(page).toHaveURL(/\/cable\//);
	await page.goto(at("cable/08KALVIK412"));
	await page.locator("main").getByRole("link", { name: /08KALVIK398/ }).first().click();
	await expect(page).toHaveURL(/08KALVIK398/);
});

test("a story is checked and a verdict overruled", async ({ page }) => {
	await login(page, desk, "anna");
	await page.goto(at("check"));
	await page.getByLabel("The story’s text").fill("In 08KALVIK412 it says: “the ferry line would never be sold to any foreign owner”.");
	await page.getByRole("button", { name: "Check and keep" }).click();
	await expect(page.getByRole("list", { name: "Quotations by verdict" })).toContainText("altered");
	await page.locator(".look a.words, #look ~ ol a.words").first().click();
	const card = page.locator(".card").first();
	await card.locator("summary", { hasText: "Overrule" }).click();
	await card.getByLabel("Because").fill("agreed with the desk");
	await card.getByRole("button", { name: "Overrule" }).click();
	await expect(page.locator(".card").first()).toContainText("agreed with the desk");
	await page.locator(".card").first().getByRole("button", { name: /Take back/ }).click();
	await expect(page.locator(".card").first()).not.toContainText("agreed with the desk");
});

test("a file on the server is imported", async ({ page }) => {
	await login(page, desk, "anna");
	await page.goto(at("import"));
	await page.locator("#server ~ *").getByRole("button", { name: /Import/ }).first().click();
	await expect(async () => {
		await page.goto(at("import"));
		await expect(page.getByText("It is done")).toBeVisible({ timeout: 500 });
	}).toPass();
});
