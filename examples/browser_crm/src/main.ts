import "./app/storage.ts";
import "./design/tokens.css";
import "./design/base.css";

void import("./app/mount.ts");
