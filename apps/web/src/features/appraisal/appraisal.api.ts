import { getAppraisal } from '@bihuan/contract/appraisal';
import type { AppraisalStatus } from '@bihuan/domain/appraisal';
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import type { Ref } from 'vue';
import { call } from '../../api/client.ts';
import type { Tone } from '../../ui/StatusTag.vue';

export const TONES: Readonly<Record<AppraisalStatus, Tone>> = {
  preliminary: 'plain',
  answering: 'info',
  confirmed: 'good',
};

export const useAppraisal = (id: Ref<string>) =>
  useQuery({
    queryKey: ['appraisal', id],
    queryFn: ({ signal }) => call(getAppraisal, { params: { id: id.value } }, { signal }),
  });

export function useAfterAppraisal() {
  const queryClient = useQueryClient();
  return () =>
    Promise.all([['appraisal'], ['appraisals']].map((queryKey) => queryClient.invalidateQueries({ queryKey })));
}

export const pointsText = (points: number): string => points.toFixed(2).replace(/\.?0+$/, '');
