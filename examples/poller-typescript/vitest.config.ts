import { defineConfig } from "vitest/config";

// A program that shows local days must not pass because CI runs in UTC.
process.env.TZ = "Asia/Kathmandu";

export default defineConfig({});
