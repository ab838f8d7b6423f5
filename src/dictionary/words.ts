// Words of SQL that are no columns, and functions whose value is not the same at every reading. Both lists are
// generous: the warehouse proves an expression later, and a false alarm on valid SQL is worse than a miss.

export const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Keywords, types, units and fields, of Postgres, DuckDB and Snowflake together. */
export const sqlWords = words(`
  all and any array as asc asymmetric at between both by case cast collate cross default desc
  distinct div else end escape exclude excluding except extract false fetch filter following for from full glob
  group having ignore ilike in including inner interval into intersect is isnull join lateral leading left like limit
  mod natural not notnull null nulls of offset on only operator or order outer over overlaps partition
  preceding range respect right row rows semi anti similar some symmetric then ties to trailing true try_cast
  unbounded union unknown unnest using values variadic when where window with within without xor regexp rlike
  century centuries day days dayofweek dayofyear decade decades dow doy epoch era hour hours isodow isoyear
  microsecond microseconds millennium millennia millisecond milliseconds minute minutes month months
  nanosecond nanoseconds quarter quarters second seconds timezone timezone_hour timezone_minute week weeks weekday
  yearweek year years placing lambda
`);

/** Types and words of a single place: columns where a column of that name is joined and a value is expected. */
export const typeWords = words(`
  bigint binary bit bitstring blob bool boolean bytea byteint bytes char character date datetime dec decimal double
  enum float float4 float8 geography geometry guid hugeint inet int int1 int2 int4 int8 integer json jsonb list long map
  money name national nchar nclob number numeric nvarchar object oid precision real short signed smallint string text time
  timestamp timestamp_ltz timestamp_ms timestamp_ns timestamp_ntz timestamp_s timestamp_tz timestamp_us timestampltz
  timestampntz timestamptz timestamptz_ns timetz tinyint ubigint uhugeint uinteger usmallint utinyint uuid varbinary varbit varchar
  variant varying vector xml zone cidr macaddr hstore citext tsvector tsquery regclass
  value position struct document content json_exists normalized preserve strip overlay trim if first last local current
`);

/** After these words a value follows. */
export const operandWords = words('and or not when then else case between like ilike in on distinct');

/** Values of the moment or of the session that are written without parentheses. */
export const volatileWords = words(`
  current_timestamp current_date current_time localtime localtimestamp current_user session_user current_role
  current_catalog current_schema sysdate systimestamp getdate
`);

export const volatileFunctions = words(`
  now random rand uuid gen_random_uuid uuid_generate_v1 uuid_generate_v4 uuidv4 uuidv7 uuid_string nextval currval lastval setval
  clock_timestamp statement_timestamp transaction_timestamp timeofday getdate sysdate systimestamp today
  current_timestamp current_date current_time localtime localtimestamp get_current_timestamp get_current_time
  get_current_date current_localtimestamp current_localtime setseed pg_sleep txid_current pg_current_xact_id seq1 seq2
  seq4 seq8 randstr uniform normal zipf current_setting getvariable current_user current_schema current_database
  current_query pg_backend_pid version gen_random_bytes random_normal
`);

/** Between two operands of a condition; an `and` beside one of them need not end a condition. */
export const unsplittable = words('or between case not');

/** Comparisons that are words. */
export const comparingWords = words('like ilike in is similar between isnull notnull glob regexp rlike');
