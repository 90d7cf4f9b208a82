import type { BodyOf } from '@bihuan/contract';
import {
  type Bulletin,
  type BulletinText,
  bulletinHtml,
  bulletinOrders,
  commandBulletin,
  compareBulletins,
  listBulletins,
  previewBulletin,
  readBulletin,
} from '@bihuan/contract/bulletin';
import type { BulletinFigure, BulletinStatus, FigureBook } from '@bihuan/domain/bulletin';
import { type Part, parsePeriod } from '@bihuan/domain/indicator';
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import { call, urlOf } from '../../api/client.ts';
import { networkProblem, problemOf } from '../../api/problem.ts';
import { newId } from '../../ui/id.ts';
import { failed } from '../../ui/message.ts';
import type { Tone } from '../../ui/StatusTag.vue';

export const STATUS_TONES: Record<BulletinStatus, Tone> = {
  draft: 'plain',
  reviewing: 'warn',
  reviewed: 'info',
  published: 'good',
};

export interface ListFilter {
  kind?: 'weekly' | 'monthly';
  status?: BulletinStatus;
  year?: number;
}

export const useBulletins = (filter: Ref<ListFilter>) =>
  useInfiniteQuery({
    queryKey: ['bulletins', 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      call(listBulletins, { query: { ...filter.value, ...(pageParam ? { after: pageParam } : {}) } }, { signal }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });

export const useBulletin = (id: Ref<string>) =>
  useQuery({
    queryKey: ['bulletins', 'one', id],
    queryFn: ({ signal }) => call(readBulletin, { params: { id: id.value } }, { signal }),
  });

/** Figures as the domain reads them: the contract leaves their frozen facts open. */
export const bookOf = (bulletin: Pick<Bulletin, 'period' | 'figures'>): FigureBook => ({
  period: parsePeriod(bulletin.period),
  figures: new Map((bulletin.figures as BulletinFigure[]).map((figure) => [figure.key, figure])),
});

/** Style and body of the document's page, to be shown within ours. All text in it is escaped by the server's renderer. */
export function bodyOf(html: string): string {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const style = page.querySelector('style')?.outerHTML ?? '';
  return `${style}${page.querySelector('article')?.outerHTML ?? ''}`;
}

export const useDocument = (id: Ref<string>, version: Ref<number>, enabled: Ref<boolean>) =>
  useQuery({
    queryKey: ['bulletins', 'document', id, version],
    queryFn: async ({ signal }) => {
      const response = await fetch(urlOf(bulletinHtml, { params: { id: id.value } }), { signal }).catch(() => {
        throw networkProblem();
      });
      if (!response.ok) throw await problemOf(response);
      return bodyOf(await response.text());
    },
    enabled,
  });

/** The document of words not saved yet. */
export const usePreview = (id: Ref<string>, text: Ref<BulletinText>) =>
  useQuery({
    queryKey: ['bulletins', 'preview', id, text],
    queryFn: async ({ signal }) => {
      const { html, problems } = await call(
        previewBulletin,
        { params: { id: id.value }, body: text.value },
        { signal },
      );
      return { html: bodyOf(html), problems };
    },
    placeholderData: keepPreviousData,
    gcTime: 0,
  });

export const useChanges = (id: Ref<string>) =>
  useQuery({
    queryKey: ['bulletins', 'changes', id],
    queryFn: ({ signal }) => call(compareBulletins, { params: { id: id.value } }, { signal }),
  });

export const useFigureOrders = (id: Ref<string>, key: Ref<string>, part: Ref<Part>) =>
  useInfiniteQuery({
    queryKey: ['bulletins', 'orders', id, key, part],
    queryFn: ({ pageParam, signal }) =>
      call(
        bulletinOrders,
        {
          params: { id: id.value, key: key.value },
          query: { part: part.value, ...(pageParam ? { after: pageParam } : {}) },
        },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });

type Command = BodyOf<typeof commandBulletin>['command'];

/** Sends a command once, however often it is tried again, and shows the bulletin as it then is. */
export function useCommand(bulletin: Ref<Bulletin | undefined>, after: (id: string | null) => void) {
  const queryClient = useQueryClient();
  const mutation = useMutation({
    mutationFn: (command: Command) =>
      call(commandBulletin, {
        params: { id: bulletin.value!.id },
        body: { commandId: newId(), version: bulletin.value!.version, command },
      }),
    onSuccess: async ({ id }) => {
      after(id);
      await queryClient.invalidateQueries({ queryKey: ['bulletins'] });
    },
    onError: (error) => {
      failed(error);
      void queryClient.invalidateQueries({ queryKey: ['bulletins'] });
    },
  });
  return { send: (command: Command) => mutation.mutate(command), busy: computed(() => mutation.isPending.value) };
}
