/** A dialplan of 50 extensions as call centres have them, as the documents it is loaded from. */

/** Most extensions look at the destination, some at the caller, a variable or the clock. @param change whether two lead elsewhere */
export function dialplan(change) {
  const extensions = {
    blocked: extension({ field: 'caller_id_number', expression: '^(?:0000|9999)', action: { application: 'hangup' } }),
    anonymous: extension({
      field: '${sip_h_X-Privacy}',
      expression: '^full$',
      action: { application: 'set', data: 'anonymous=true' },
    }),
    record: extension(
      {
        field: '${record_filename}',
        expression: '.+',
        'anti-action': [{ application: 'record_session', data: '/var/${uuid}.wav' }],
      },
      { continue: true },
    ),
    night: extension({
      'time-of-day': '22:00-06:00',
      condition: {
        field: 'destination_number',
        expression: '^4008\\d+$',
        action: { application: 'playback', data: 'closed.wav' },
      },
    }),
  };
  for (let number = 0; number < 39; number += 1) {
    extensions[`service ${number}`] = extension({
      field: 'destination_number',
      expression: `^\\*${10 + number}(\\d*)$`,
      action: { application: 'transfer', data: `$1 XML ${change && number === 7 ? 'hold' : 'features'}` },
    });
  }
  extensions['call extension'] = extension({
    field: 'destination_number',
    expression: '^(1\\d{3})$',
    action: [
      { application: 'set', data: 'call_timeout=30' },
      { application: 'bridge', data: 'user/$1@${domain_name}' },
    ],
  });
  for (const prefix of ['110', '119', '120']) {
    extensions[prefix] = extension({
      field: 'destination_number',
      expression: `^${prefix}$`,
      action: { application: 'bridge', data: `sofia/gateway/emergency/${prefix}` },
    });
  }
  extensions.abroad = extension({
    field: 'destination_number',
    expression: '^00\\d*$',
    action: { application: 'hangup', data: 'CALL_REJECTED' },
  });
  extensions.mobile = extension({
    field: 'destination_number',
    expression: '^(1[3-9]\\d{9})$',
    action: { application: 'bridge', data: `sofia/gateway/${change ? 'mobile' : 'default'}/$1` },
  });
  extensions.outbound = extension({
    field: 'destination_number',
    expression: '^(\\d+)$',
    action: { application: 'bridge', data: 'sofia/gateway/default/$1' },
  });
  const documents = new Map([
    [
      'contexts',
      {
        domain: 'example.com',
        kind: 'contexts',
        name: 'contexts',
        text: JSON.stringify({ default: Object.keys(extensions) }),
      },
    ],
  ]);
  for (const [name, text] of Object.entries(extensions)) {
    documents.set(name, { domain: 'example.com', kind: 'extension', name, text });
  }
  return documents;
}

function extension(condition, more = {}) {
  return JSON.stringify({ ...more, condition });
}
