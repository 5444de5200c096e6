// Original file: tangram/link/v1/link_service.proto


export interface SeriesTable {
  'node'?: (string);
  'metrics'?: (string)[];
  'rows'?: (string)[];
}

export interface SeriesTable__Output {
  'node': (string);
  'metrics': (string)[];
  'rows': (string)[];
}
