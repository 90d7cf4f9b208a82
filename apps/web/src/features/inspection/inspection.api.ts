import {
  commandFinding,
  commandPlan,
  commandVisit,
  type FindingCommand,
  getPlan,
  getVisit,
  inspectionReference,
  listVisits,
  type PlanCommand,
  type PlanItem,
  type PlanQuery,
  type VisitCommand,
  type VisitItem,
} from '@bihuan/contract/inspection';
import type { FindingStatus, PlanStatus, VisitStatus } from '@bihuan/domain/inspection';
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import type { Ref } from 'vue';
import { call } from '../../api/client.ts';
import { useLive } from '../../app/live.ts';
import type { Tone } from '../../ui/StatusTag.vue';

export const PLAN_KEYS = [
  'q',
  'status',
  'manner',
  'form',
  'unitId',
  'matterId',
  'from',
  'to',
] as const satisfies readonly (keyof PlanQuery)[];

const PLAN_TONES: Readonly<Record<PlanStatus, Tone>> = {
  draft: 'plain',
  submitted: 'warn',
  approved: 'info',
  drawn: 'info',
  active: 'info',
  done: 'good',
  cancelled: 'plain',
};
export const planTone = ({ status }: Pick<PlanItem, 'status'>): Tone => PLAN_TONES[status];
const VISIT_TONES: Readonly<Record<VisitStatus, Tone>> = {
  pending: 'warn',
  signing: 'info',
  signed: 'good',
  cancelled: 'plain',
};
export const visitTone = ({ status }: Pick<VisitItem, 'status'>): Tone => VISIT_TONES[status];
export const FINDING_TONES: Readonly<Record<FindingStatus, Tone>> = {
  open: 'warn',
  answered: 'info',
  confirmed: 'danger',
  withdrawn: 'plain',
};

export const useReference = () =>
  useQuery({
    queryKey: ['inspection-reference'],
    queryFn: ({ signal }) => call(inspectionReference, {}, { signal }),
    staleTime: 60_000,
  });

export function usePlan(id: Ref<string>) {
  const queryClient = useQueryClient();
  const query = useQuery({
    queryKey: ['inspection-plan', id],
    queryFn: ({ signal }) => call(getPlan, { params: { id: id.value } }, { signal }),
    enabled: () => id.value !== '',
  });
  useLive((message) => {
    if (message.topic === 'inspection.changed' && message.objectId === id.value)
      void queryClient.invalidateQueries({ queryKey: ['inspection-plan', id.value] });
  });
  return query;
}

export function useVisit(id: Ref<string>) {
  const queryClient = useQueryClient();
  const query = useQuery({
    queryKey: ['inspection-visit', id],
    queryFn: ({ signal }) => call(getVisit, { params: { id: id.value } }, { signal }),
  });
  useLive((message) => {
    if (message.topic === 'inspection.changed' && message.objectId === query.data.value?.plan.id)
      void queryClient.invalidateQueries({ queryKey: ['inspection-visit', id.value] });
  });
  return query;
}

export const useVisits = (filter: Ref<{ mine?: boolean; status?: string }>) =>
  useQuery({
    queryKey: ['inspection-visits', filter],
    queryFn: ({ signal }) => call(listVisits, { query: filter.value }, { signal }),
  });

/** After a change: whatever shows inspections is asked anew. */
export function useAfterInspection() {
  const queryClient = useQueryClient();
  return () =>
    Promise.all(
      [['inspection-plans'], ['inspection-plan'], ['inspection-visit'], ['inspection-visits'], ['rectifications']].map(
        (queryKey) => queryClient.invalidateQueries({ queryKey }),
      ),
    );
}

export const sendPlan = (id: string, commandId: string, version: number, command: PlanCommand) =>
  call(commandPlan, { params: { id }, body: { commandId, version, command } });
export const sendVisit = (id: string, commandId: string, version: number, command: VisitCommand) =>
  call(commandVisit, { params: { id }, body: { commandId, version, command } });
export const sendFinding = (id: string, commandId: string, version: number, command: FindingCommand) =>
  call(commandFinding, { params: { id }, body: { commandId, version, command } });

export const scoreText = (score: number | null): string => (score === null ? '—' : score.toFixed(1));
