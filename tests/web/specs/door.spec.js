// The door: logging in and out, with scripts and without; the key of a desk without users.
import { createHmac } from "node:crypto";
import { test, expect, Desk, login, look, password, sample } from "./desk.js";

let desk;
test.beforeAll(async () => {
	desk = await new Desk().archive("harbour", sample("cables.csv")).user("anna", "admin").user("rolf", "reader").user("tova", "editor").serve();
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

// What the telephone does: RFC 6238 over RFC 4226, SHA-1, six digits, steps of 30 seconds.
const step = () => Math.floor(Date.now() / 30000);
function code(secret, at) {
	const bits = [...secret.replace(/\s/g, "")].map((x) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(x).toString(2).padStart(5, "0")).join("");
	const key = Buffer.from(bits.match(/.{8}/g).map((x) => parseInt(x, 2)));
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(at));
	const mac = createHmac("sha1", key).update(counter).digest();
	return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, "0");
}

const factor_of = (page) => page.getByRole("region", { name: "Second factor" });

async function try_in(page, code) {
	await page.goto(desk.url + "/login");
	await page.getByLabel("Name", { exact: true }).fill("tova");
	await page.getByLabel("Password", { exact: true }).fill(password);
	if (code) await page.getByLabel(/^Code of your second factor/).fill(code);
	await page.getByRole("button", { name: "Log in" }).click();
}

test("a second factor is set up, asked for, taken once, and removed", async ({ page, browser }) => {
	await login(page, desk, "tova");
	await factor_of(page).getByLabel("Your password").fill(password);
	await factor_of(page).getByRole("button", { name: "Set it up" }).click();
	await expect(page.getByRole("img", { name: /secret as a picture/i })).toBeVisible();
	const secret = await page.locator("[data-test=totp-secret]").innerText();
	expect(secret).toMatch(/^[A-Z2-7 ]{32,}$/);
	await look(page, "second-factor");

	// A slip of the finger costs nothing: the same secret is shown again.
	let used = step();
	const near = [-2, -1, 0, 1, 2].map((x) => code(secret, used + x));
	await page.getByLabel("The code that it shows now").fill(["000000", "000001", "000002", "000003", "000004", "000005"].find((x) => !near.includes(x)));
	await page.getByRole("button", { name: "Confirm" }).click();
	await expect(page.getByRole("alert")).toBeVisible();
	expect(await page.locator("[data-test=totp-secret]").innerText()).toBe(secret);
	used = step();
	await page.getByLabel("The code that it shows now").fill(code(secret, used));
	await page.getByRole("button", { name: "Confirm" }).click();
	await expect(page.getByRole("status")).toContainText("The second factor is set up");

	// Elsewhere: not by the password alone, not by the code that confirmed it, once by the next one, never again.
	const other = await browser.newPage(), third = await browser.newPage();
	await try_in(other, "");
	await expect(other.getByRole("alert")).toBeVisible();
	await try_in(other, code(secret, used));
	await expect(other.getByRole("alert")).toBeVisible();
	used = Math.max(used + 1, step());
	await try_in(other, code(secret, used));
	await expect(other.getByRole("navigation", { name: "Desk" })).toBeVisible();
	await try_in(third, code(secret, used));
	await expect(third.getByRole("alert")).toBeVisible();

	await other.goto(desk.url + "/me");
	await factor_of(other).getByLabel("Your password").fill(password);
	await factor_of(other).getByRole("button", { name: "Remove it" }).click();
	await expect(other.getByRole("status")).toContainText("The second factor is removed");
	await try_in(third, "");
	await expect(third.getByRole("navigation", { name: "Desk" })).toBeVisible();
	await other.close();
	await third.close();
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
