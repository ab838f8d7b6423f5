// The aggregate functions of the engines. One that is missing here (a function of the user) is still told by its
// form: `distinct` or `order by` between its brackets, `filter` or `within group` behind them.
import { words } from './words.ts';

/** Their value hangs on the order in which rows come, or on which of several equal rows comes first. */
export const orderedAggregates = words(`
  any_value arbitrary arg_max arg_max_null arg_max_nulls_last arg_min arg_min_null arg_min_nulls_last argmax argmin array_agg
  first group_concat json_agg json_agg_strict json_array_agg json_arrayagg json_group_array json_group_object
  json_group_structure json_object_agg json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict
  json_objectagg jsonb_agg jsonb_agg_strict jsonb_object_agg jsonb_object_agg_strict jsonb_object_agg_unique
  jsonb_object_agg_unique_strict last list listagg max_by min_by mode object_agg string_agg xmlagg
`);

/** Estimates that are another number for the same rows in another order. */
export const unsteadyAggregates = words(`
  approx_quantile approx_top_k reservoir_quantile approx_percentile approx_percentile_accumulate
  approx_percentile_combine
`);

const steadyAggregates = words(`
  approx_count_distinct avg bit_and bit_or bit_xor bitand_agg bitor_agg bitxor_agg bitstring_agg bool_and bool_or booland_agg boolor_agg
  corr count count_if count_star countif covar_pop covar_samp entropy every favg fsum hash_agg histogram histogram_exact kahan_sum
  kurtosis kurtosis_pop mad max mean median min percentile_cont percentile_disc product quantile quantile_cont
  quantile_disc range_agg range_intersect_agg regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx
  regr_sxy regr_syy sem skewness skew stddev stddev_pop stddev_samp sum sum_no_overflow sumkahan var_pop var_samp variance
  variance_pop variance_samp
`);

export const aggregateFunctions: ReadonlySet<string> = new Set([
  ...steadyAggregates,
  ...orderedAggregates,
  ...unsteadyAggregates,
]);
