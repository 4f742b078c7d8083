/** A column of the table; `sort` is the field by which its head sorts. */
export interface Column {
  key: string;
  text: string;
  sort?: string;
  /** From which width of the table it is shown. */
  from: number;
  width: string;
}

export const columns: Column[] = [
  { key: "name", text: "Name", sort: "last_name", from: 0, width: "minmax(180px, 1.5fr)" },
  { key: "company", text: "Company", sort: "company", from: 0, width: "minmax(140px, 1.1fr)" },
  { key: "title", text: "Title", sort: "title", from: 980, width: "minmax(130px, 1fr)" },
  { key: "status", text: "Status", sort: "status", from: 0, width: "112px" },
  { key: "score", text: "Score", sort: "score", from: 0, width: "84px" },
  { key: "source", text: "Source", sort: "source", from: 820, width: "106px" },
  { key: "owner", text: "Owner", from: 640, width: "minmax(110px, 0.7fr)" },
  { key: "updated", text: "Updated", sort: "updated_at", from: 1120, width: "108px" },
];
