// RUN: wage-opt %s --integer-assign-widths -verify-diagnostics
// RUN: wage-opt %s --integer-print-bounds -verify-diagnostics

// expected-error@+1 {{has no wage.config, whose batch bounds the sums over a batch}}
module {
}
