import { commandJointTask, getJointTask, type JointCommand, jointReference } from '@bihuan/contract/joint';
import type { DutyStatus, JointStatus } from '@bihuan/domain/joint';
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { call } from '../../api/client.ts';
import { useLive } from '../../app/live.ts';
import { can } from '../../app/session.ts';
import type { Tone } from '../../ui/StatusTag.vue';

export const TASK_TONES: Readonly<Record<JointStatus, Tone>> = { running: 'info', closed: 'good', cancelled: 'plain' };
const DUTY_TONES: Readonly<Record<DutyStatus, Tone>> = { todo: 'warn', done: 'info', confirmed: 'good' };
export const dutyTone = ({ status, overdue }: { status: DutyStatus; overdue: boolean }): Tone =>
  overdue ? 'danger' : DUTY_TONES[status];

export const useJointReference = () =>
  useQuery({
    queryKey: ['joint-reference'],
    queryFn: ({ signal }) => call(jointReference, {}, { signal }),
    enabled: computed(() => can('joint.manage')),
    staleTime: 5 * 60_000,
  });

export function useTask(id: Ref<string>) {
  const queryClient = useQueryClient();
  const query = useQuery({
    queryKey: ['joint-task', id],
    queryFn: ({ signal }) => call(getJointTask, { params: { id: id.value } }, { signal }),
  });
  useLive((message) => {
    if (message.topic === 'joint.changed' && message.objectId === id.value)
      void queryClient.invalidateQueries({ queryKey: ['joint-task', id.value] });
  });
  return query;
}

export function useAfterJoint() {
  const queryClient = useQueryClient();
  return () =>
    Promise.all(
      [['joint-task'], ['joint-tasks'], ['rectifications'], ['rectification-board']].map((queryKey) =>
        queryClient.invalidateQueries({ queryKey }),
      ),
    );
}

/** Without a version: partners work side by side, and each command says what it is on. */
export const sendJoint = (id: string, commandId: string, command: JointCommand) =>
  call(commandJointTask, { params: { id }, body: { commandId, command } });
