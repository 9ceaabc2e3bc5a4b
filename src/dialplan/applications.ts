/**
 * FreeSWITCH's applications by module, and which of them run inline: those it registers with SAF_ROUTING_EXEC.
 * Read from the modules' sources (1.11); an application of a module that is not among them is not known here.
 */
import type { Bytes } from '../bytes.js';
import { lowerCase } from './c-values.js';

const INLINE_APPLICATIONS: Readonly<Record<string, string>> = {
  mod_cidlookup: 'cidlookup',
  mod_curl: 'curl curl_sendfile',
  mod_distributor: 'distributor',
  mod_dptools:
    'bridge_export check_acl cng_plc early_hangup eval event export info log multiset multiunset novideo presence push set set_global set_media_stats set_profile_var set_user set_zombie_exec stop unset unshift verbose_events',
  mod_easyroute: 'easyroute',
  mod_enum: 'enum',
  mod_hiredis: 'hiredis_raw',
  mod_lcr: 'lcr',
  mod_lua: 'lua',
  mod_nibblebill: 'nibblebill',
  mod_osp: 'osplookup ospnext',
  mod_smpp: 'smpp_send',
  mod_translate: 'translate',
};

const OTHER_APPLICATIONS: Readonly<Record<string, string>> = {
  mod_avmd: 'avmd avmd_start avmd_stop',
  mod_basic: 'basic',
  mod_bert: 'bert_test',
  mod_callcenter: 'callcenter callcenter_track',
  mod_cluechoo: 'cluechoo',
  mod_conference: 'conference conference_set_auto_outcall',
  mod_cv: 'cv cv_bug',
  mod_db: 'db group',
  mod_dialplan_asterisk: 'AvoidingDeadlock Dial Goto',
  mod_directory: 'directory',
  mod_dptools:
    'acknowledge_call answer att_xfer bgsystem bind_digit_action bind_meta_app blind_transfer_ack block_dtmf break bridge broadcast capture capture_text clear_digit_action clear_speech_cache debug_media deduplicate_dtmf deflect delay_echo detect_audio detect_silence detect_speech digit_action_set_realm displace_session eavesdrop echo enable_heartbeat enable_keepalive endless_playback execute_extension fax_detect filter_codecs flush_dtmf gentones hangup hold intercept ivr jitterbuffer limit limit_execute limit_hash limit_hash_execute loop_playback media_reset mkdir mutex native_eavesdrop page park park_state phrase pickup play_and_detect_speech play_and_get_digits playback pre_answer preprocess privacy queue_dtmf read record record_session record_session_mask record_session_pause record_session_resume record_session_unmask recovery_refresh redirect remove_bugs rename respond reuse_caller_profile ring_ready say sched_broadcast sched_cancel sched_hangup sched_heartbeat sched_transfer send_display send_dtmf send_info session_loglevel set_audio_level set_mute set_name sleep soft_hold sound_test speak start_dtmf start_dtmf_generate stop_displace_session stop_dtmf stop_dtmf_generate stop_record_session stop_tone_detect stop_video_write_overlay strftime system three_way tone_detect transfer transfer_vars unbind_meta_app unblock_dtmf unhold vad_test video_decode video_refresh video_write_overlay wait_for_answer wait_for_silence wait_for_video_ready',
  mod_erlang_event: 'erlang erlang_sendmsg',
  mod_esf: 'esf_page_group',
  mod_event_socket: 'socket',
  mod_fifo: 'fifo fifo_track_call',
  mod_fsk: 'fsk_display fsk_recv fsk_send fsk_simplify',
  mod_fsv: 'decode_video play_fsv play_yuv record_fsv',
  mod_hash: 'hash',
  mod_httapi: 'httapi',
  mod_java: 'java',
  mod_loopback: 'unloop',
  mod_managed: 'managed',
  mod_perl: 'perl',
  mod_python3: 'python',
  mod_snapshot: 'snapshot',
  mod_sofia: 'sofia_sla sofia_stir_shaken_vs',
  mod_spandsp:
    'rxfax spandsp_detect_tdd spandsp_inject_tdd spandsp_send_tdd spandsp_start_dtmf spandsp_start_fax_detect spandsp_start_tone_detect spandsp_stop_detect_tdd spandsp_stop_dtmf spandsp_stop_fax_detect spandsp_stop_inject_tdd spandsp_stop_tone_detect stopfax t38_gateway txfax',
  mod_spy: 'userspy',
  mod_v8: 'javascript',
  mod_valet_parking: 'valet_park',
  mod_video_filter: 'chromakey video_replace',
  mod_vlc: 'capture_video play_video',
  mod_vmd: 'vmd',
  mod_voicemail: 'voicemail',
  mod_voicemail_ivr: 'voicemail_ivr',
};

export interface Application {
  /** As its module spells it; FreeSWITCH finds it in any case. */
  readonly name: string;
  readonly module: string;
  readonly inline: boolean;
}

const APPLICATIONS: ReadonlyMap<string, Application> = new Map(
  [INLINE_APPLICATIONS, OTHER_APPLICATIONS].flatMap((table) =>
    Object.entries(table).flatMap(([module, names]) =>
      names
        .split(' ')
        .map((name) => [lowerCase(name), { name, module, inline: table === INLINE_APPLICATIONS }] as const),
    ),
  ),
);

/** Every application's name, as its module spells it. */
export const APPLICATION_NAMES: readonly string[] = [...APPLICATIONS.values()].map(({ name }) => name);

/** An application by its name in any case; undefined where no module of FreeSWITCH has one. */
export function findApplication(name: Bytes): Application | undefined {
  return APPLICATIONS.get(lowerCase(name));
}

/** Behind these nothing of a list is executed. */
const ENDING = new Set(['hangup', 'respond', 'redirect', 'deflect', 'park', 'stop']);

/** Whether the call does not come back from an application to the list behind it, other than by going elsewhere. */
export function endsList(application: Bytes): boolean {
  return ENDING.has(lowerCase(application));
}
