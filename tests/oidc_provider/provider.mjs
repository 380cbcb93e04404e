// A certified provider of OpenID Connect for one client; who signs in is whoever the login page is told.
// node provider.mjs PORT REDIRECT_URI PEOPLE.json, where people are {login: {claim: value}}, read each time.

import { readFileSync } from "node:fs";
import Provider from "oidc-provider";

const [port, redirectUri, people] = process.argv.slice(2);
const claimsOf = (login) => JSON.parse(readFileSync(people, "utf8"))[login] ?? {};

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "zones", client_secret: "secret-of-the-tests", redirect_uris: [redirectUri] }],
  claims: { openid: ["sub"], profile: ["preferred_username", "groups"] },
  pkce: { required: () => true },
  cookies: { keys: ["tests"] },
  findAccount: (_, login) => ({ accountId: login, claims: () => ({ sub: login, ...claimsOf(login) }) }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
