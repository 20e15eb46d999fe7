// The door: logging in and out, with scripts and without; the key of a desk without users.
import { test, expect, Desk, login, look, password, sample } from "./desk.js";

let desk;
test.beforeAll(async () => {
	desk = await new Desk().archive("harbour", sample("cables.csv")).user("anna", "admin").user("rolf", "reader").serve();
});
test.afterAll(() => desk.close());

test("a person logs in, is sent where they wanted, and logs out", async ({ page }) => {
	await page.goto(desk.url + "/me");
	await expect(page).toHaveURL(/\/login\?to=/);
	await look(page, "login");
	await page.getByLabel("Name", { exact: true }).fill("anna");
	await page.getByLabel("Password", { exact: true }).fill(password);
	await page.getByRole("button", { name: "Log in" }).click();
	await expect(page).toHaveURL(desk.url + "/me");
	await page.getByRole("button", { name: "Log out" }).click();
	await expect(page).toHaveURL(/\/login/);
	await page.goto(desk.url + "/me");
	await expect(page).toHaveURL(/\/login\?to=/);
});

test("the keyboard finds the content first", async ({ page }) => {
	await login(page, desk, "rolf");
	await page.keyboard.press("Tab");
	await expect(page.getByRole("link", { name: "To the content" })).toBeFocused();
	await page.keyboard.press("Enter");
	await expect(page.locator("main")).toBeFocused();
	await page.keyboard.press("?");
	await expect(page.getByRole("dialog")).toBeVisible();
	await page.keyboard.press("Escape");
	await expect(page.getByRole("dialog")).toBeHidden();
});

test("a reader is shown what a reader may do", async ({ page }) => {
	await login(page, desk, "rolf");
	const places = page.getByRole("navigation", { name: "Desk" });
	await expect(places.getByRole("link", { name: "Search" })).toBeVisible();
	for (const name of ["Import", "People", "Log"]) await expect(places.getByRole("link", { name, exact: true })).toHaveCount(0);
});

test.describe("without scripts", () => {
	test.use({ javaScriptEnabled: false });
	test("a wrong password is said, a right one lets in", async ({ page }) => {
		await page.goto(desk.url + "/login");
		await page.getByLabel("Name", { exact: true }).fill("anna");
		await page.getByLabel("Password", { exact: true }).fill("not this one");
		await page.getByRole("button", { name: "Log in" }).click();
		await expect(page.getByRole("alert")).toBeVisible();
		await expect(page.getByLabel("Name", { exact: true })).toHaveValue("anna");
		await page.getByLabel("Password", { exact: true }).fill(password);
		await page.getByRole("button", { name: "Log in" }).click();
		await expect(page.getByRole("button", { name: "Log out" })).toBeVisible();
	});
});
