// The words the invented marketplace is made of: several scripts, quotes and signs that SQL text must survive.
// No word holds `|`, which separates them in SQL.

export const COUNTRIES: readonly (readonly [
  id: string,
  name: string,
  region: string,
  vat: string,
  eu: boolean,
])[] = [
  ['AT', 'Österreich', 'Europe', '0.2000', true],
  ['BE', 'Belgium', 'Europe', '0.2100', true],
  ['BR', 'Brazil', 'Americas', '0.1700', false],
  ['CA', 'Canada', 'Americas', '0.0500', false],
  ['CH', 'Switzerland', 'Europe', '0.0810', false],
  ['CI', "Côte d'Ivoire", 'Africa', '0.1800', false],
  ['CZ', 'Česko', 'Europe', '0.2100', true],
  ['DE', 'Germany', 'Europe', '0.1900', true],
  ['DK', 'Denmark', 'Europe', '0.2500', true],
  ['EE', 'Estonia', 'Europe', '0.2200', true],
  ['ES', 'España', 'Europe', '0.2100', true],
  ['FI', 'Finland', 'Europe', '0.2550', true],
  ['FR', 'France', 'Europe', '0.2000', true],
  ['GR', 'Ελλάδα', 'Europe', '0.2400', true],
  ['IE', 'Ireland', 'Europe', '0.2300', true],
  ['IN', 'India', 'Asia', '0.1800', false],
  ['IT', 'Italy', 'Europe', '0.2200', true],
  ['JP', '日本', 'Asia', '0.1000', false],
  ['KE', 'Kenya', 'Africa', '0.1600', false],
  ['MX', 'México', 'Americas', '0.1600', false],
  ['NL', 'Netherlands', 'Europe', '0.2100', true],
  ['NO', 'Norway', 'Europe', '0.2500', false],
  ['PL', 'Polska', 'Europe', '0.2300', true],
  ['PT', 'Portugal', 'Europe', '0.2300', true],
  ['RO', 'România', 'Europe', '0.1900', true],
  ['SE', 'Sweden', 'Europe', '0.2500', true],
  ['SG', 'Singapore', 'Asia', '0.0900', false],
  ['TR', 'Türkiye', 'Asia', '0.2000', false],
  ['US', 'United States', 'Americas', '0.0000', false],
  ['ZA', 'South Africa', 'Africa', '0.1500', false],
];

export const INDUSTRIES: readonly (readonly [code: string, name: string])[] = [
  ['AGRI', 'Agriculture'],
  ['AUTO', 'Automotive'],
  ['BEV', 'Beverages & spirits'],
  ['CHEM', 'Chemicals'],
  ['CONS', 'Construction'],
  ['ELEC', 'Electronics'],
  ['ENER', 'Energy'],
  ['FIN', 'Finance'],
  ['FOOD', 'Food'],
  ['HLTH', 'Health'],
  ['LOGI', 'Logistics'],
  ['MACH', "Machines, 'heavy' and light"],
  ['MEDI', 'Media'],
  ['METL', 'Metals'],
  ['PAPR', 'Paper'],
  ['PLAS', 'Plastics'],
  ['SOFT', 'Software'],
  ['TEXT', 'Textiles'],
  ['TOYS', 'Toys'],
  ['WOOD', 'Wood & furniture'],
];

export const COMPANY_WORDS = [
  'Acme',
  'Nørrebro',
  "O'Neill",
  'Müller',
  'Żabka',
  '東京',
  'Blue "Sky"',
  'Ελπίδα',
  'Rhône',
  'Ånd',
  'Smith & Sons',
  'Über\\slash',
  'Café 100%',
  'Kowalski',
  'Ёлка',
  'شركة',
] as const;

export const COMPANY_TAILS = ['Trading', 'Works', 'Group', 'Labs', 'Import–Export', 'Holding'] as const;
export const LEGAL_FORMS = ['GmbH', 'Ltd', 'S.A.', 'A/S', 'Inc.', '株式会社'] as const;
export const FIRST_NAMES = [
  'Ada',
  'Björn',
  'Chloé',
  "D'Arcy",
  'Émile',
  'Łukasz',
  'María',
  'Nguyễn',
  '美咲',
  'Zoë',
] as const;
export const LAST_NAMES = [
  'Andersson',
  'Dvořák',
  "O'Brien",
  'García',
  'İnan',
  'Lee',
  'Novák',
  'Smith',
] as const;
export const PRODUCT_WORDS = [
  'Bolt',
  'Crème',
  '3/4" valve',
  'Ruler',
  "Baker's oven",
  'Sensor',
  'Tarp',
  '½ pallet',
] as const;
export const TEAM_WORDS = ['Sales', 'Büro', 'Ops', 'R&D', 'Légal', 'Support'] as const;
export const ORDER_STATUSES = ['new', 'confirmed', 'shipped', 'delivered', 'cancelled'] as const;
export const INVOICE_STATUSES = ['draft', 'sent', 'sent', 'paid', 'overdue'] as const;
export const PAYMENT_METHODS = ['card', 'transfer', 'direct debit', 'cash'] as const;
export const PLANS = ['starter', 'team', 'business', 'enterprise'] as const;
export const ROLES = ['member', 'lead', 'guest', 'auditor'] as const;
